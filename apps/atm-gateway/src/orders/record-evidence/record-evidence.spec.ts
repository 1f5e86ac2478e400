import { currency } from '@falconpay/money/currency';
import type { Rows } from '@falconpay/pipeline/use-case';
import type { GatewayRows } from '../../gateway-rows.js';
import type { Evidence } from '../../outside/evidence.js';
import type { OrderState } from '../order.lifecycle.js';
import type { Order } from '../order.js';
import { recordEvidence, type RecordEvidence } from './record-evidence.js';

const now = new Date('2026-11-21T03:00:00.000Z');
const moment = { now, newId: (prefix: string) => `${prefix}_1`, newUuid: () => 'uuid' };
const amount = { amount: 4_000n, currency: currency('USD') };

const orderIn = (status: OrderState): Order => ({
  ...{ id: 'wdr_1', kind: 'withdrawal', client: 'local', account: '1001', amount, partner: 'lobby', status, accountId: 'acc_1' },
  ...{ expiresAt: now, sentAt: now, paid: undefined, failure: undefined, version: 3, createdAt: now, updatedAt: now },
});
const errand = {
  orderId: 'wdr_1',
  kind: 'withdrawal',
  partner: 'machine/lobby',
  step: 'inquire',
  dueAt: now,
  tries: 4,
  version: 5,
} as const;

function decided(order: Order, heard: Omit<RecordEvidence, 'orderId'>, evidence: readonly Evidence[] = []) {
  const rows: Rows<GatewayRows> = {
    get: (table) => ({ orders: order, errands: errand, dossiers: { orderId: order.id, evidence } })[table as 'orders'] as never,
  };
  return recordEvidence.decide({ orderId: order.id, ...heard }, rows, moment);
}
const inquiry = (says: Evidence['says'], paid?: bigint): Evidence => ({
  ...{ orderId: 'wdr_1', source: 'inquiry', says, paid, partnerRef: undefined, reason: undefined, doubt: undefined, raw: '', at: now },
});

describe('a partner’s record of the day, as evidence', () => {
  const paidOut = { asked: 'record', answer: { says: 'done', paid: 4_000n, raw: 'line 7 dispensed 4000 USD' } } as const;
  const silent = { asked: 'record', answer: { says: 'unknown', doubt: 'partner-does-not-know', raw: 'not told' } } as const;

  it('outranks what was said over the wire, and ends the asking', () => {
    const { put, events } = decided(orderIn('RECONCILING'), paidOut, [inquiry('unknown')]);
    expect(put?.orders).toMatchObject([{ status: 'CAPTURING', paid: 4_000n }]);
    expect(put?.dossiers?.[0]?.evidence.at(-1)).toMatchObject({ source: 'journal', says: 'done' });
    expect(put?.errands).toMatchObject([{ dueAt: undefined }]);
    expect(events?.map(({ topic }) => topic.name)).toEqual(['withdrawal.dispensed']);
  });

  it('settles what was in review', () => {
    expect(decided(orderIn('MANUAL_REVIEW'), paidOut).put?.orders).toMatchObject([{ status: 'CAPTURING' }]);
    const nothing = { asked: 'record', answer: { says: 'refused', paid: 0n, reason: 'tombstoned', raw: '' } } as const;
    expect(decided(orderIn('MANUAL_REVIEW'), nothing).put?.orders).toMatchObject([{ status: 'FAILED' }]);
  });

  it.each(['ACTING', 'RECONCILING'] as const)('that does not tell puts before people what is %s', (status) => {
    const { put, events } = decided(orderIn(status), silent);
    expect(put).toMatchObject({ orders: [{ status: 'MANUAL_REVIEW' }], cases: [{ reason: 'no-answer' }], errands: [{ dueAt: undefined }] });
    expect(events?.map(({ topic }) => topic.name)).toEqual(status === 'ACTING' ? ['withdrawal.reconciling'] : []);
  });

  it('does not change what has been decided, and says so where it contradicts', () => {
    const completed = { ...orderIn('COMPLETED'), paid: 4_000n };
    expect(decided(completed, silent).put?.orders).toEqual([completed]);
    const nothing = { asked: 'record', answer: { says: 'refused', paid: 0n, raw: '' } } as const;
    expect(decided(completed, nothing).put).toMatchObject({ orders: [completed], cases: [{ reason: 'contradiction' }] });
  });
});
