import { setTimeout as delay } from 'node:timers/promises';
import { accounts, limits, openingAmount, otherCurrency } from './accounts.js';
import { CounterErrands } from './counter-errands.js';
import { operationOf, put, type Errand } from './errand.js';
import { HoldErrands } from './hold-errands.js';
import { PartnerErrands } from './partner-errands.js';
import { PersistentClient, type FinalAnswer, type Operation } from './persistent-client.js';
import type { Random } from './random.js';
import { bulkSize, TransferErrands } from './transfer-errands.js';

export interface LoadOptions {
  readonly urls: { readonly payment: string; readonly wallet: string; readonly gateway: string; readonly simulator: string };
  /** Orders of any kind per second; a bulk counts as many as it has transfers. */
  readonly perSecond: number;
  readonly giveUp: AbortSignal;
}

const rememberedMax = 300;

/** How often each kind of order is given. */
const kinds = {
  ...{ hot: 26, any: 24, tooMuch: 5, unknownAccount: 3, otherCurrency: 3 },
  ...{ bulk: 1, atomicBulk: 1, atomicBulkRefused: 0.5, refund: 7 },
  ...{ deposit: 5, laterDeposit: 5, withdrawal: 6, withdrawalOfTooMuch: 1 },
  ...{ hold: 7, shortHold: 4, endHold: 6, endHoldTwiceAtOnce: 2 },
  ...{ atMachine: 8, payout: 6, redemption: 6 },
  ...{ repeat: 14, twiceAtOnce: 5 },
};
type Kind = keyof typeof kinds;
const twiceAtOnce = { any: 2, deposit: 1, withdrawal: 1, hold: 1, atMachine: 1, payout: 1, redemption: 1 } as const;

/** Clients that move, pay in and out, hold, refund, withdraw and redeem money with a few accounts, and know what they were answered. */
export class Load {
  /** Answers that ought not to be. */
  readonly surprises: string[] = [];
  readonly client: PersistentClient;
  readonly transfers: TransferErrands;
  readonly counter: CounterErrands;
  readonly holds: HoldErrands;
  readonly outside: PartnerErrands;
  private readonly operations = { operations: 0, /** Sent again after they had been answered, or twice at once. */ repeatedOnPurpose: 0 };
  private readonly answered: { operation: Operation; answer: FinalAnswer }[] = [];
  private workers: Promise<void>[] = [];
  private running = true;
  private paceAt = performance.now();

  constructor(
    private readonly random: Random,
    private readonly options: LoadOptions,
  ) {
    const { urls, giveUp } = options;
    this.client = new PersistentClient(random.fork(), giveUp);
    this.transfers = new TransferErrands(urls.payment, random.fork());
    this.counter = new CounterErrands(urls.wallet, random.fork());
    this.holds = new HoldErrands(urls.wallet, random.fork());
    this.outside = new PartnerErrands(urls.gateway, random.fork());
  }

  get counts() {
    return { ...this.operations, ...this.transfers.counts, ...this.counter.counts };
  }

  /** Opens the accounts and pays money in; the partners are there. */
  async prepare(): Promise<void> {
    await this.outside.install(this.options.urls.simulator);
    for (const number of accounts) {
      await this.openAccount(number, 'USD');
      await this.send(this.counter.deposit('at once', number, openingAmount));
    }
    await this.openAccount(otherCurrency, 'OMR');
    for (const [number, body] of Object.entries(limits)) await put(`${this.options.urls.wallet}/v1/accounts/${number}/limits`, body);
    if (this.surprises.length > 0) throw new Error(this.surprises[0]);
  }

  start(clients: number): void {
    this.workers = Array.from({ length: clients }, () => this.work());
  }

  /** No new requests; resolves when all that were begun have been answered or given up. */
  async stop(): Promise<void> {
    this.running = false;
    await Promise.all(this.workers);
  }

  private async work(): Promise<void> {
    while (this.running) {
      const kind = this.random.weighted(kinds);
      await this.pace(isBulk(kind) ? bulkSize : 1);
      if (!this.running) return;
      this.operations.operations += 1;
      await this.act(kind);
    }
  }

  private async act(kind: Kind): Promise<void> {
    if (kind === 'repeat') return this.repeat();
    if (kind === 'twiceAtOnce') return this.twiceAtOnce();
    if (kind === 'endHoldTwiceAtOnce') {
      await Promise.all(this.holds.race().map((errand) => this.send(errand)));
      return;
    }
    const errand = this.errand(kind);
    if (errand) await this.send(errand);
  }

  /** Undefined when there is nothing yet that could be refunded or ended. */
  private errand(kind: Exclude<Kind, 'repeat' | 'twiceAtOnce' | 'endHoldTwiceAtOnce'>): Errand | undefined {
    if (isBulk(kind)) return this.transfers.bulk(kind);
    switch (kind) {
      case 'refund':
        return this.transfers.refund();
      case 'deposit':
        return this.counter.deposit('at once');
      case 'laterDeposit':
        return this.counter.deposit('later');
      case 'withdrawal':
        return this.counter.withdrawal('little');
      case 'withdrawalOfTooMuch':
        return this.counter.withdrawal('too much');
      case 'hold':
        return this.holds.place('long');
      case 'shortHold':
        return this.holds.place('short');
      case 'endHold':
        return this.holds.end();
      case 'atMachine':
        return this.outside.order('withdrawal');
      case 'payout':
      case 'redemption':
        return this.outside.order(kind);
      default:
        return this.transfers.single(kind);
    }
  }

  private async send(errand: Errand): Promise<void> {
    const { operation } = errand;
    const answer = await this.client.post(operation);
    if (!answer) return;
    this.learn(errand, answer);
    if (!isKept(answer)) return;
    const remembered = { operation, answer };
    if (this.answered.length < rememberedMax) this.answered.push(remembered);
    else this.answered[this.random.between(0, rememberedMax - 1)] = remembered;
  }

  /** An answered request once more: it must get the same answer, to the byte. */
  private async repeat(): Promise<void> {
    if (this.answered.length === 0) return;
    const { operation, answer } = this.random.pick(this.answered);
    this.operations.repeatedOnPurpose += 1;
    this.expectSame(operation, answer, await this.client.post(operation));
  }

  /** Two of the same at one moment: one effect, one answer. */
  private async twiceAtOnce(): Promise<void> {
    const errand = this.errand(this.random.weighted(twiceAtOnce));
    if (!errand) return;
    const { operation } = errand;
    this.operations.repeatedOnPurpose += 1;
    const [first, second] = await Promise.all([this.client.post(operation), this.client.post(operation)]);
    const answer = first ?? second;
    if (answer) this.learn(errand, answer);
    if (first && second) this.expectSame(operation, first, second);
  }

  private expectSame({ key }: Operation, first: FinalAnswer, again: FinalAnswer | undefined): void {
    if (!again || (first.status === again.status && first.text === again.text)) return;
    this.surprises.push(`key ${key}: first ${first.status} ${first.text}, then ${again.status} ${again.text}`.slice(0, 800));
  }

  private learn(errand: Errand, answer: FinalAnswer): void {
    const surprise = errand.learn(answer);
    if (surprise !== undefined) this.surprises.push(surprise);
  }

  private async openAccount(number: string, currency: string): Promise<void> {
    const operation = operationOf(`${this.options.urls.wallet}/v1/accounts`, this.random, { number, owner: 'Proof', currency });
    const answer = await this.client.post(operation);
    if (answer?.status !== 201) throw new Error(`account ${number} was answered with ${answer?.status}: ${answer?.text}`);
  }

  /** Keeps to the rate on average; what an outage held up is made up for by one second at most. */
  private async pace(orders: number): Promise<void> {
    this.paceAt = Math.max(this.paceAt, performance.now() - 1_000) + (orders / this.options.perSecond) * 1_000;
    const early = this.paceAt - performance.now();
    if (early > 0) await delay(early);
  }
}

const isBulk = (kind: Kind) => kind === 'bulk' || kind === 'atomicBulk' || kind === 'atomicBulkRefused';
/** A conflict is no last word: asked again, the answer may be another one. */
const isKept = ({ status }: FinalAnswer): boolean => status !== 409;
