import { walletUseCase } from '../../wallet-rows.js';
import { placeHold, type HoldOrder } from '../hold.js';
import { placed, refused } from '../saga-hold-events.js';

export interface PlaceSagaHold extends HoldOrder {
  readonly expiresAt: Date;
  /** Who asked for it: whose limits count beside the account's. */
  readonly client: string | undefined;
}

/** Sets a saga's money apart, under the saga's id, or refuses; the saga is told either way. */
export const placeSagaHold = walletUseCase({
  name: 'place-saga-hold',
  needs: ({ account, client }: PlaceSagaHold) => ({ accounts: [account], clients: client === undefined ? [] : [client] }),
  decide: (order, rows, { now }) => {
    const client = order.client === undefined ? undefined : rows.get('clients', order.client);
    const decision = placeHold(order, rows.get('accounts', order.account), now, client);
    if ('refused' in decision) return { events: [refused(order.id, decision.refused)] };
    return {
      put: { clients: decision.clients, accounts: [decision.account], holds: [decision.hold] },
      events: [placed(decision.hold, order.expiresAt)],
    };
  },
});
