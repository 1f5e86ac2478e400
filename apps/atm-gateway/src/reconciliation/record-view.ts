import { toWireTotal } from '@falconpay/money/money';
import type { Break } from './break.js';
import { agrees, type ControlTotal, type CountAndSum } from './control-totals.js';
import type { TakenRecord } from './taken-record.js';

/** A partner's day as operators see it; the breaks are those that were found at this moment. */
export const recordView = (record: TakenRecord, breaks?: readonly Break[]) => ({
  ...{ id: record.id, status: record.status, kind: record.kind, partner: record.partner, date: record.date, reason: record.reason },
  taken_at: record.takenAt?.toISOString(),
  totals: record.totals.map(totalView),
  ...{ matched: record.matched, broken: record.broken },
  breaks: breaks?.map(breakView),
  created_at: record.createdAt.toISOString(),
  updated_at: record.updatedAt.toISOString(),
});

const totalView = (total: ControlTotal) => ({
  ...{ currency: total.currency, agrees: agrees(total) },
  ...{ ours: sideView(total.ours), out: sideView(total.out), back: sideView(total.back) },
});
const sideView = ({ count, sum }: CountAndSum) => ({ count, sum: toWireTotal(sum) });

export const breakView = (each: Break) => ({
  ...{ id: each.id, status: each.status, kind: each.kind, partner: each.partner, item: each.item, class: each.class },
  ...{ evidence: each.detail, date: each.date },
  created_at: each.createdAt.toISOString(),
  updated_at: each.updatedAt.toISOString(),
});
