import fc from 'fast-check';
import { InvariantViolation } from '@falconpay/lifecycle/lifecycle';
import { currency } from '@falconpay/money/currency';
import { momentAt } from '@falconpay/pipeline/moment';
import type { Rows } from '@falconpay/pipeline/use-case';
import type { PaymentRows } from '../../payment-rows.js';
import { giveBack, nothingRefunded, refundable, reserve, type RefundTotal } from '../refund.js';
import { complete, fail, newTransfer, type Transfer } from '../transfer.js';
import { createRefund, type CreateRefund } from './create-refund.js';

const begun = new Date('2026-01-31T12:00:00Z');
const later = new Date('2026-01-31T12:00:01Z');
const moment = momentAt(later);
const usd = (amount: bigint) => ({ amount, currency: currency('USD') });
const order = {
  ...{ from: '1001', to: '1002', amount: usd(100n), reference: 'rent', description: 'November' },
  ...{ metadata: undefined, clientReference: undefined, expiresAt: undefined },
};
const pending = newTransfer(order, 'pay_1', 'local', begun);
const completed = complete(pending, begun);

const rowsOf = (transfer: Transfer | undefined, total?: RefundTotal) =>
  ({ get: (table: string) => (table === 'transfers' ? transfer : total) }) as Rows<PaymentRows>;
const message = (asked: Partial<CreateRefund> = {}): CreateRefund => ({
  ...{ client: 'local', transferId: 'pay_1', amount: undefined, reason: undefined },
  ...asked,
});
const decide = (transfer: Transfer | undefined, asked: Partial<CreateRefund> = {}, total?: RefundTotal) =>
  createRefund.decide(message(asked), rowsOf(transfer, total), moment);
const totalOf = (refunded: bigint): RefundTotal => ({ id: 'pay_1', amount: 100n, refunded, version: 1 });

describe('a refund', () => {
  it('is a transfer of all there was, the other way round, under the same reference', () => {
    const { put, events, reply } = decide(completed, { reason: 'broken' });
    const [refund] = put?.transfers ?? [];
    expect(refund).toMatchObject({
      ...{ kind: 'refund', status: 'PENDING', refundOf: 'pay_1', from: '1002', to: '1001', amount: usd(100n), reference: 'rent' },
      ...{ description: 'broken', version: 1, createdAt: later },
    });
    expect(put?.refundTotals).toEqual([{ id: 'pay_1', amount: 100n, refunded: 100n, version: 1 }]);
    expect(events).toMatchObject([
      {
        topic: { name: 'payment.created' },
        data: { payment_id: refund?.id, kind: 'refund', refund_of: 'pay_1', from: '1002', to: '1001' },
      },
    ]);
    expect(reply).toMatchObject({ status: 202, headers: { location: `/v1/transfers/${refund?.id}` }, body: { reason: 'broken' } });
    expect(JSON.parse(JSON.stringify((reply as { body: object }).body))).not.toHaveProperty('description');
  });

  it('may be of a part, and then of the rest', () => {
    expect(decide(completed, { amount: usd(30n) }).put?.refundTotals).toEqual([totalOf(30n)]);
    const rest = decide(completed, {}, totalOf(30n));
    expect(rest.put?.transfers?.[0]?.amount).toEqual(usd(70n));
    expect(rest.put?.refundTotals).toEqual([{ ...totalOf(100n), version: 2 }]);
  });

  const failed = fail(pending, { code: 'expired', detail: 'too late' }, begun);
  it.each<[string, string, Transfer | undefined, Partial<CreateRefund>, RefundTotal?]>([
    ['of nothing', 'transfer-not-found', undefined, {}],
    ['of a refund', 'not-refundable', { ...completed, kind: 'refund', refundOf: 'pay_0' }, {}],
    ['of a failed transfer', 'not-refundable', failed, {}],
    ['of a transfer under way', 'conflict', pending, {}],
    ['in another currency', 'currency-mismatch', completed, { amount: { amount: 1n, currency: currency('OMR') } }],
    ['of more than was paid', 'refund-exceeds-payment', completed, { amount: usd(101n) }],
    ['of more than is left', 'refund-exceeds-payment', completed, { amount: usd(71n) }, totalOf(30n)],
    ['of the rest when nothing is left', 'refund-exceeds-payment', completed, {}, totalOf(100n)],
  ])('%s is refused: %s', (_, refused, ...given) => {
    expect(decide(...given)).toEqual({ reply: { refused, detail: expect.any(String) } });
  });
});

describe('what has been refunded of a transfer', () => {
  it('stays between nothing and all of it, whatever is asked and whatever fails', () => {
    const asked = fc.record({ amount: fc.bigInt({ min: 1n, max: 120n }), fails: fc.boolean() });
    fc.assert(
      fc.property(fc.array(asked), (steps) => {
        let total: RefundTotal | undefined;
        let paidBack = 0n;
        for (const { amount, fails } of steps) {
          const [reserved] = decide(completed, { amount: usd(amount) }, total).put?.refundTotals ?? [];
          if (!reserved) {
            expect(amount).toBeGreaterThan(100n - paidBack);
            continue;
          }
          total = fails ? giveBack(reserved, amount) : reserved;
          if (!fails) paidBack += amount;
          expect(total.refunded).toBe(paidBack);
          expect(refundable(total)).toBe(100n - paidBack);
        }
      }),
    );
  });

  it('cannot be more than all or less than nothing, even by a bug', () => {
    expect(() => reserve(nothingRefunded(completed), 101n)).toThrow(InvariantViolation);
    expect(() => giveBack(totalOf(30n), 31n)).toThrow(InvariantViolation);
  });
});
