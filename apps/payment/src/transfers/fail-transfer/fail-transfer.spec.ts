import { InvariantViolation } from '@falconpay/lifecycle/lifecycle';
import { currency } from '@falconpay/money/currency';
import { momentAt } from '@falconpay/pipeline/moment';
import type { Rows } from '@falconpay/pipeline/use-case';
import type { PaymentRows } from '../../payment-rows.js';
import { newRefund, type RefundTotal } from '../refund.js';
import { newTransfer, type Transfer } from '../transfer.js';
import { failTransfer } from './fail-transfer.js';

const begun = new Date('2026-01-31T12:00:00Z');
const moment = momentAt(new Date('2026-01-31T12:00:01Z'));
const failure = { code: 'insufficient-funds', detail: 'gone' } as const;
const order = {
  ...{ from: '1001', to: '1002', amount: { amount: 100n, currency: currency('USD') }, reference: undefined, description: undefined },
  ...{ metadata: undefined, clientReference: undefined, expiresAt: undefined },
};
const transfer = newTransfer(order, 'pay_1', 'local', begun);
const refund = newRefund(transfer, 40n, undefined, 'pay_2', 'local', begun);
const total: RefundTotal = { id: 'pay_1', amount: 100n, refunded: 60n, version: 2, refunds: ['pay_2'] };

const decide = (row: Transfer, totalRow?: RefundTotal) => {
  const get = (table: string, key: string) => {
    if (key !== row.id) throw new TypeError(`${key} was not named in needs`);
    return table === 'transfers' ? row : totalRow;
  };
  return failTransfer.decide({ paymentId: row.id, failure }, { get } as Rows<PaymentRows>, moment);
};

describe('the failure of a transfer', () => {
  it('of money is kept, and nothing else changes', () => {
    expect(decide(transfer).put).toEqual({ transfers: [{ ...transfer, status: 'FAILED', failure, version: 2, updatedAt: moment.now }] });
  });

  it('that is a refund gives back what it had reserved, once', () => {
    const { put } = decide(refund, total);
    expect(put?.transfers).toMatchObject([{ id: 'pay_2', status: 'FAILED', failure }]);
    expect(put?.refundTotals).toEqual([{ ...total, refunded: 20n, version: 3 }]);
    const [failed = refund] = put?.transfers ?? [];
    expect(decide(failed, total).put).toEqual({ transfers: [failed] });
  });

  it('that had reserved nothing is impossible', () => {
    expect(() => decide(refund)).toThrow(new InvariantViolation('nothing was reserved of pay_1, and pay_2, a refund of it, has failed'));
  });
});
