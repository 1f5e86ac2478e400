import { firstIdAt } from '@falconpay/pipeline/moment';
import type { ServiceRuntime } from '@falconpay/service/service-runtime';
import type { GatewayRows } from '../gateway-rows.js';
import { ordersThrough } from '../orders/order-partner.js';
import { recordEvidence } from '../orders/record-evidence/record-evidence.js';
import type { Partner, PartnerAnswer, PartnerPort } from '../outside/partner-port.js';
import { bothSides } from './both-sides.query.js';
import { endOf, startOf } from './business-day.js';
import { describeLines, type Settlement } from './compare-item.js';
import { compareRecord, type DayComparison } from './compare-record.js';
import { gapBefore, readRecord } from './read-record.js';
import { takeRecord, type TakeRecord } from './take-record/take-record.js';
import type { RecordPlace } from './taken-record.js';

/** A record can be long. */
const recordWithinMs = 60_000;

export interface ReconcilerSettings {
  readonly cutOffHour: number;
  /** How long before a day an order may have been accepted that was sent on it. */
  readonly waitsForMs: number;
}

/** Fetches a partner's record of a day, compares it with our books, and files what does not fit. Twice is as good as once. */
export class Reconciler {
  constructor(
    private readonly runtime: ServiceRuntime<GatewayRows>,
    private readonly port: PartnerPort,
    private readonly settings: ReconcilerSettings,
  ) {}

  /** What is known of that day then, as operators see it. */
  async reconcile({ kind, id, url }: Partner, date: string): Promise<unknown> {
    const place = { kind, partner: id, date };
    const outcome = await this.outcomeOf({ kind, id, url }, place);
    return this.runtime.run(takeRecord, { place, cutOffHour: this.settings.cutOffHour, outcome });
  }

  private async outcomeOf(partner: Partner, place: RecordPlace): Promise<TakeRecord['outcome']> {
    const heard = await this.port.record(partner, place.date, recordWithinMs);
    if ('doubt' in heard) return { status: 'UNREACHABLE', reason: heard.doubt };
    const record = readRecord(place.kind, place.date, heard.text);
    if ('refused' in record) return { status: 'REFUSED', reason: record.refused };
    const { waitsForMs } = this.settings;
    const orders = ordersThrough(place.kind);
    if (!orders) throw new TypeError(`nothing of ours goes through a ${place.kind}`);
    const earliest = new Date(startOf(place.date).getTime() - waitsForMs);
    const { sides, lastSeqBefore, isOver } = await bothSides(this.runtime.source, place, record, {
      kind: orders.kind,
      idBetween: [firstIdAt(orders.prefix, earliest), firstIdAt(orders.prefix, endOf(place.date))],
    });
    const gap = gapBefore(record, lastSeqBefore);
    if (gap !== undefined) return { status: 'REFUSED', reason: gap };
    const comparison = compareRecord(sides);
    // What is undecided with a card is taken back until that is acknowledged: a record decides nothing there.
    if (place.kind !== 'institution') await this.giveEvidence(comparison, place, isOver);
    return { status: 'TAKEN', record, comparison };
  }

  /** The record is evidence for what is not decided, the weightiest but for people; what has been decided it does not change. */
  private async giveEvidence({ settlements, untold }: DayComparison, { date }: RecordPlace, isOver: boolean): Promise<void> {
    const nothing = { says: 'unknown', doubt: 'partner-does-not-know', raw: `not told by the record of ${date}` } as const;
    await Promise.all([
      ...settlements.map((each) => this.runtime.run(recordEvidence, { orderId: each.id, asked: 'record', answer: answerOf(each) })),
      ...(isOver ? untold : []).map((orderId) => this.runtime.run(recordEvidence, { orderId, asked: 'record', answer: nothing })),
    ]);
  }
}

function answerOf({ paid, isWhole, lines }: Settlement): Omit<PartnerAnswer, 'tookMs'> {
  const last = lines.at(-1);
  const says = isWhole ? 'done' : paid > 0n ? 'partial' : last?.effect === 'back' ? 'retracted' : 'refused';
  const found = { says, paid, raw: describeLines(lines) } as const;
  return { ...found, ...(last?.ref ? { partnerRef: last.ref } : {}), ...(paid === 0n && last ? { reason: last.event } : {}) };
}
