import type { Money } from '@falconpay/money/money';
import { gatewayUseCase } from '../../gateway-rows.js';
import { newOrder } from '../../orders/order.js';
import { orderView } from '../../orders/order-view.js';
import { newErrand } from '../../outside/errand.js';
import { partnerKey } from '../../outside/registered-partner.js';

export interface RequestRedemption {
  readonly client: string;
  readonly account: string;
  readonly amount: Money;
  readonly institution: string;
  /** Tells cards apart; the card itself never comes here. */
  readonly cardToken: string;
  readonly answerWithinMs: number;
}

/**
 * Accepts a redemption. Its errand is due only when the process that has the card should have claimed it for long: by then the
 * card has gone with it.
 */
export const requestRedemption = gatewayUseCase({
  name: 'request-redemption',
  needs: ({ institution }: RequestRedemption) => ({ partners: [partnerKey('institution', institution)] }),
  decide: ({ client, account, amount, institution, cardToken, answerWithinMs }, rows, moment) => {
    const partner = partnerKey('institution', institution);
    if (!rows.get('partners', partner))
      return { reply: { refused: 'institution-not-found', detail: `There is no institution ${institution}.` } };
    const dueAt = new Date(moment.now.getTime() + answerWithinMs);
    const request = { kind: 'redemption', client, account, amount, partner: institution, cardToken } as const;
    const order = newOrder(request, moment.newId('rdm'), dueAt, moment.now);
    return {
      put: { orders: [order], errands: [newErrand({ orderId: order.id, kind: 'redemption', partner }, 'command', dueAt)] },
      reply: { status: 202, headers: { location: `/v1/redemptions/${order.id}` }, body: orderView(order) },
    };
  },
});
