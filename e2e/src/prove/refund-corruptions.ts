import type { RunningSystem, TestAccount } from '@falconpay/testing/running-system';

/** A transfer, one that was refused, and one that was refunded in part. */
export interface RefundFacts {
  readonly transfer: string;
  readonly refused: string;
  readonly refunded: string;
  readonly refund: string;
}

/** A refund that goes well, of a part, and one that fails: the money is gone, and its part is nobody's any more. */
export async function refundsBetween(system: RunningSystem, payer: TestAccount, payee: TestAccount) {
  const refund = async (id: string, amount: number): Promise<string> => {
    const accepted = await system.payment.post(`/v1/transfers/${id}/refunds`, { amount: { amount, currency: 'USD' } });
    return (await system.ended((accepted.body as { id: string }).id)).id;
  };
  const refunded = (await system.transfer(payer.id, payee.number, 100)).id;
  const poor = await system.account();
  const spent = (await system.transfer(payer.id, poor.id, 50)).id;
  const spending = (await system.transfer(poor.id, payer.id, 50)).id;
  return { refunded, refund: await refund(refunded, 40), spent, spending, failedRefund: await refund(spent, 50) };
}

export const refundCorruptions: readonly {
  readonly name: string;
  readonly in: 'payment';
  readonly sql: (facts: RefundFacts) => string;
  readonly named: (facts: RefundFacts) => readonly string[];
}[] = [
  {
    name: 'refunds of more than was paid',
    in: 'payment',
    sql: ({ refunded }) => `update transfers set amount = 39 where id = '${refunded}'`,
    named: ({ refunded }) => [`I15 transfer ${refunded}`, `I6 transfer ${refunded}`],
  },
  {
    name: 'a refund that is counted twice',
    in: 'payment',
    sql: ({ refunded }) => `update refund_totals set refunded = refunded + 40 where id = '${refunded}'`,
    named: ({ refunded }) => [`I15 transfer ${refunded}`],
  },
  {
    name: 'a refund that nobody counts',
    in: 'payment',
    sql: ({ refunded }) => `delete from refund_totals where id = '${refunded}'`,
    named: ({ refunded }) => [`I15 transfer ${refunded}`],
  },
  {
    name: 'a refund of another transfer',
    in: 'payment',
    sql: ({ refund, transfer }) => `update transfers set refund_of = '${transfer}' where id = '${refund}'`,
    named: ({ refunded, transfer }) => [`I15 transfer ${refunded}`, `I15 transfer ${transfer}`],
  },
  {
    name: 'a refund of a transfer that was refused',
    in: 'payment',
    sql: ({ refund, refunded, refused }) => `update transfers set refund_of = '${refused}' where id = '${refund}';
      update refund_totals set id = '${refused}' where id = '${refunded}'`,
    named: ({ refund }) => [`I15 refund ${refund}`],
  },
];
