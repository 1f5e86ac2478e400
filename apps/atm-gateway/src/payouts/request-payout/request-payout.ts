import { payoutRequested } from '@falconpay/contracts/topics/payout-requested.topic';
import { toWire, type Money } from '@falconpay/money/money';
import { emit, type Refusal } from '@falconpay/pipeline/use-case';
import { gatewayUseCase } from '../../gateway-rows.js';
import { newOrder, type Beneficiary } from '../../orders/order.js';
import { orderView } from '../../orders/order-view.js';
import { partnerKey } from '../../outside/registered-partner.js';
import { hasRoom, payoutQueueKey, withOneMore } from '../payout-queue.js';

export interface RequestPayout {
  readonly client: string;
  readonly account: string;
  readonly amount: Money;
  readonly bank: string;
  readonly beneficiary: Beneficiary;
  readonly limits: { readonly capacity: number; readonly beginsWithinMs: number };
}

export const queueFull: Refusal = {
  ...{ refused: 'queue-full', detail: 'As many payouts wait as may wait. Nothing was stored.', retryAfterSeconds: 1 },
};

/** Takes a payout into the queue while there is room in it, and asks the wallet to set the money apart, in one commit. */
export const requestPayout = gatewayUseCase({
  name: 'request-payout',
  needs: ({ bank }: RequestPayout) => ({ partners: [partnerKey('bank', bank)], payoutQueue: [payoutQueueKey] }),
  decide: ({ client, account, amount, bank, beneficiary, limits }, rows, moment) => {
    if (!rows.get('partners', partnerKey('bank', bank)))
      return { reply: { refused: 'bank-not-found', detail: `There is no bank ${bank}.` } };
    const queue = rows.get('payoutQueue', payoutQueueKey);
    if (!queue || !hasRoom(queue, bank, limits.capacity)) return { reply: queueFull };
    const expiresAt = new Date(moment.now.getTime() + limits.beginsWithinMs);
    const request = { kind: 'payout', client, account, amount, partner: bank, beneficiary } as const;
    const order = newOrder(request, moment.newId('pyo'), expiresAt, moment.now);
    const { reference } = beneficiary;
    const requested = {
      ...{ payout_id: order.id, account, amount: toWire(amount), bank, client, expires_at: expiresAt.toISOString() },
      ...(reference === undefined ? {} : { reference }),
    };
    return {
      put: { orders: [order], payoutQueue: [withOneMore(queue, bank)] },
      events: [emit(payoutRequested, requested, order.version)],
      reply: { status: 202, headers: { location: `/v1/payouts/${order.id}` }, body: orderView(order) },
    };
  },
});
