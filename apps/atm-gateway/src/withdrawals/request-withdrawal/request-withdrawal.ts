import { withdrawalRequested } from '@falconpay/contracts/topics/withdrawal-requested.topic';
import { toWire, type Money } from '@falconpay/money/money';
import { emit } from '@falconpay/pipeline/use-case';
import { gatewayUseCase } from '../../gateway-rows.js';
import { newOrder } from '../../orders/order.js';
import { orderWords } from '../../orders/order-words.js';
import { partnerKey, type RegisteredPartner } from '../../outside/registered-partner.js';
import { orderView } from '../../orders/order-view.js';

export interface RequestWithdrawal {
  readonly client: string;
  readonly account: string;
  readonly amount: Money;
  readonly atmId: string;
  readonly limits: { readonly maxNotes: number; readonly beginsWithinMs: number };
}

/** Accepts a withdrawal that the machine could carry out, and asks the wallet to set the money apart, in one commit. */
export const requestWithdrawal = gatewayUseCase({
  name: 'request-withdrawal',
  needs: ({ atmId }: RequestWithdrawal) => ({ partners: [partnerKey('machine', atmId)] }),
  decide: ({ client, account, amount, atmId, limits }, rows, moment) => {
    const machine = rows.get('partners', partnerKey('machine', atmId));
    const refusal = refusalOf(machine, amount, atmId, limits.maxNotes);
    if (refusal) return { reply: refusal };
    const expiresAt = new Date(moment.now.getTime() + limits.beginsWithinMs);
    const request = { kind: 'withdrawal', client, account, amount, partner: atmId } as const;
    const order = newOrder(request, moment.newId(orderWords.withdrawal.idPrefix), expiresAt, moment.now);
    const requested = {
      ...{ withdrawal_id: order.id, account, amount: toWire(amount), atm_id: atmId, client },
      expires_at: expiresAt.toISOString(),
    };
    return {
      put: { orders: [order] },
      events: [emit(withdrawalRequested, requested, order.version)],
      reply: { status: 202, headers: { location: `/v1/withdrawals/${order.id}` }, body: orderView(order) },
    };
  },
});

/** Why the machine could never pay this out: said before anything is set apart. */
function refusalOf(machine: RegisteredPartner | undefined, { amount, currency }: Money, atmId: string, maxNotes: number) {
  if (machine?.smallestNote === undefined) return { refused: 'atm-not-found', detail: `there is no machine ${atmId}` };
  if (machine.currency !== currency) return { refused: 'currency-mismatch', detail: `machine ${atmId} pays out ${machine.currency}` };
  if (amount % machine.smallestNote !== 0n)
    return { refused: 'amount-not-payable', detail: `machine ${atmId} pays out multiples of ${machine.smallestNote}, in minor units` };
  if (amount > machine.smallestNote * BigInt(maxNotes))
    return { refused: 'limit-exceeded', detail: `machine ${atmId} pays out at most ${machine.smallestNote * BigInt(maxNotes)} at once` };
  return undefined;
}
