import { setTimeout as delay } from 'node:timers/promises';
import type { LogFile } from '../log/log-file.js';
import { commandBody, distorted, foundBody, type Body } from '../partners/answer-body.js';
import type { Behaviour, Delivery } from '../partners/behaviour.js';
import type { Cassette } from '../partners/cassettes.js';
import type { Entry } from '../partners/entry.js';
import { Partner, type OrderMoney, type UnderWay } from '../partners/partner.js';
import { chanceFrom, choose, type Settings } from '../partners/script.js';
import type { Kind } from '../partners/words.js';
import { DailyRecord } from '../records/daily-record.js';
import { openLog } from './open-log.js';

/** What goes back over the wire, and how. `conflict`: the id belongs to another order. `never-heard`: 404. */
export type Outcome = { readonly delivery: Delivery; readonly body: Body | string } | 'conflict' | 'never-heard';

/** What is still to go wrong with one order's later calls. */
interface Trouble {
  cancelErrors: number;
  cancelsUnanswered: number;
  inquiryErrors: number;
}

const NOTHING: Body = {};
const UNANSWERED = { delivery: 'none', body: NOTHING } as const;
const FAILED = { delivery: 'error', body: NOTHING } as const;

/**
 * All partners at their work: takes what comes over the wire, lets time pass as their behaviour says, and has every decision on
 * disk before it is answered. Deciding, writing and applying is one step: between a partner's decision and the line in the log
 * nothing else can happen.
 */
export class Desk {
  private readonly running = new Map<string, Promise<Outcome>>();
  private readonly tombstoneHooks = new Map<string, () => void>();
  private readonly troubles = new Map<string, Trouble>();
  private readonly chances = new Map<Partner, () => number>();

  private constructor(
    private readonly log: LogFile,
    private readonly partners: Map<string, Partner>,
  ) {}

  static async open(file: string, options: { readonly sync: boolean }): Promise<Desk> {
    const { log, partners } = await openLog(file, options);
    return new Desk(log, partners);
  }

  partner(kind: Kind, id: string): Partner {
    const key = `${kind}/${id}`;
    let partner = this.partners.get(key);
    if (partner === undefined) this.partners.set(key, (partner = new Partner(kind, id)));
    return partner;
  }

  all(kind: Kind): Partner[] {
    return [...this.partners.values()].filter((partner) => partner.kind === kind).sort((one, other) => (one.id < other.id ? -1 : 1));
  }

  command(partner: Partner, id: string, money: OrderMoney): Promise<Outcome> {
    return this.overNetwork(partner, async () => {
      const found = partner.find(id);
      const before = found && ('order' in found ? found.order : found.underWay);
      const isAnother =
        before !== undefined && before.amount !== 0 && (before.amount !== money.amount || before.currency !== money.currency);
      if (isAnother) return 'conflict';
      if (found && 'order' in found) {
        await this.log.append([]);
        return { delivery: 'plain', body: commandBody(partner.kind, id, found.order, money) };
      }
      const key = keyOf(partner, id);
      const running = this.running.get(key);
      if (running !== undefined) return running;
      if (found) return UNANSWERED;
      const run = this.carryOut(partner, id, { ...money, behaviour: this.chooseFor(partner) }).finally(() => this.running.delete(key));
      this.running.set(key, run);
      return run;
    });
  }

  /** Machine or bank: a tombstone, or what was done already. */
  cancel(partner: Partner, id: string): Promise<Outcome> {
    return this.troubled(partner, id, async () => {
      await this.keep(partner, partner.cancel(id, Date.now()));
      this.tombstoneHooks.get(keyOf(partner, id))?.();
      return { delivery: 'plain', body: foundBody(partner.kind, id, partner.find(id)) ?? NOTHING };
    });
  }

  /** Institution. */
  reverse(partner: Partner, id: string, reversalId: string, money: OrderMoney): Promise<Outcome> {
    const order = partner.orders.get(id);
    if (order !== undefined && order.amount !== 0 && (order.amount !== money.amount || order.currency !== money.currency))
      return Promise.resolve('conflict');
    return this.troubled(partner, id, async () => {
      const before = partner.orders.get(id);
      await this.keep(partner, partner.reverse(id, reversalId, Date.now()));
      this.tombstoneHooks.get(keyOf(partner, id))?.();
      const isRepeated = before?.fate === 'reversed' && before.reversalId === reversalId;
      const outcome =
        before?.fate === 'done' || isRepeated
          ? 'reversed'
          : before?.fate === 'reversed'
            ? 'already_reversed'
            : before?.fate === 'unknown'
              ? 'unknown'
              : 'original_unknown';
      return { delivery: 'plain', body: { reversal_id: reversalId, cashout_id: id, outcome } };
    });
  }

  inquire(partner: Partner, id: string): Promise<Outcome> {
    return this.overNetwork(partner, async () => {
      const trouble = this.troubles.get(keyOf(partner, id));
      if (trouble !== undefined && trouble.inquiryErrors-- > 0) return FAILED;
      await this.log.append([]);
      const body = foundBody(partner.kind, id, partner.find(id));
      return body === undefined ? 'never-heard' : { delivery: 'plain', body };
    });
  }

  async behave(partner: Partner, settings: Settings): Promise<void> {
    await this.keep(partner, [{ settings }]);
  }

  async fill(partner: Partner, cassettes: readonly Cassette[]): Promise<void> {
    await this.keep(partner, [partner.stock(cassettes, Date.now())]);
  }

  /** What the partner hands out as its record of a day, or of all days. */
  record(partner: Partner, date: string | undefined): Promise<Outcome> {
    return this.overNetwork(partner, () => this.read(partner, date, partner.settings.record_fault));
  }

  /** What really happened, for whoever looks on from outside the world. */
  wholeRecord(partner: Partner): Promise<Outcome> {
    return this.read(partner, undefined, 'none');
  }

  /** As far as the partner's network lets anything through. */
  private async overNetwork(partner: Partner, work: () => Promise<Outcome>): Promise<Outcome> {
    const { network } = partner.settings;
    if (network === 'refused') return { delivery: 'cut', body: NOTHING };
    if (network === 'requests_lost') return UNANSWERED;
    const outcome = await work();
    return partner.settings.network === 'answers_lost' ? UNANSWERED : outcome;
  }

  close(): Promise<void> {
    return this.log.close();
  }

  private async read(partner: Partner, date: string | undefined, fault: Settings['record_fault']): Promise<Outcome> {
    const record = new DailyRecord(partner.kind, date);
    const start = `{"partner":${JSON.stringify(`${partner.kind}/${partner.id}`)},`;
    await this.log.read((line) => {
      if (line.startsWith(start)) record.add(JSON.parse(line) as Entry);
    });
    return { delivery: 'plain', body: record.text(fault) };
  }

  private async carryOut(partner: Partner, id: string, order: UnderWay): Promise<Outcome> {
    const { behaviour } = order;
    const key = keyOf(partner, id);
    this.rememberTrouble(key, behaviour);
    if (behaviour.hearsAfterMs > 0) await delay(behaviour.hearsAfterMs);
    const isUnheard = behaviour.act === 'nothing' && behaviour.delivery === 'error';
    if (!partner.orders.has(id) && !isUnheard) partner.underWay.set(id, order);
    if (behaviour.paysAfterTombstoneMs !== undefined) {
      await new Promise<void>((resolve) => this.tombstoneHooks.set(key, resolve));
      this.tombstoneHooks.delete(key);
      await delay(behaviour.paysAfterTombstoneMs);
    }
    if (behaviour.worksMs > 0) await delay(behaviour.worksMs);
    await this.keep(partner, partner.act(id, order, Date.now()));
    const body = commandBody(partner.kind, id, partner.orders.get(id), order);
    if (behaviour.answersAfterMs > 0) await delay(behaviour.answersAfterMs);
    return { delivery: behaviour.delivery, body: distorted(partner.kind, behaviour.delivery, body, order) };
  }

  private troubled(partner: Partner, id: string, work: () => Promise<Outcome>): Promise<Outcome> {
    return this.overNetwork(partner, async () => {
      const trouble = this.troubles.get(keyOf(partner, id));
      if (trouble !== undefined && trouble.cancelErrors > 0) {
        trouble.cancelErrors -= 1;
        return FAILED;
      }
      const outcome = await work();
      if (trouble === undefined || trouble.cancelsUnanswered <= 0) return outcome;
      trouble.cancelsUnanswered -= 1;
      return UNANSWERED;
    });
  }

  private rememberTrouble(key: string, { cancelErrors, cancelsUnanswered, inquiryErrors }: Behaviour): void {
    if (cancelErrors + cancelsUnanswered + inquiryErrors > 0) this.troubles.set(key, { cancelErrors, cancelsUnanswered, inquiryErrors });
  }

  private chooseFor(partner: Partner): Behaviour {
    let chance = this.chances.get(partner);
    if (chance === undefined) this.chances.set(partner, (chance = chanceFrom(`${partner.kind}/${partner.id}`)));
    const { behaviour, scripted } = choose(partner.settings, partner.kind, chance(), chance());
    // Written at once, so that a restart goes on with the next one; nobody waits for the disk.
    if (scripted) this.keep(partner, [{ used: 1 }]).catch(() => undefined);
    return behaviour;
  }

  /** Written and applied when it returns; on disk when the promise resolves. */
  private keep(partner: Partner, entries: readonly Entry[]): Promise<void> {
    const name = `${partner.kind}/${partner.id}`;
    const durable = this.log.append(entries.map((entry) => JSON.stringify({ partner: name, ...entry })));
    for (const entry of entries) partner.apply(entry);
    return durable;
  }
}

const keyOf = (partner: Partner, id: string): string => `${partner.kind}/${partner.id}/${id}`;
