import { walletUseCase } from '../../wallet-rows.js';
import { placeHold, type HoldOrder } from '../hold.js';
import { placed, refused } from '../saga-hold-events.js';

/** Sets a saga's money apart, under the saga's id, or refuses; the saga is told either way. */
export const placeSagaHold = walletUseCase({
  name: 'place-saga-hold',
  needs: ({ account }: HoldOrder) => ({ accounts: [account] }),
  decide: (order, rows, { now }) => {
    const decision = placeHold(order, rows.get('accounts', order.account), now);
    if ('refused' in decision) return { events: [refused(order.id, decision.refused)] };
    return { put: { accounts: [decision.account], holds: [decision.hold] }, events: [placed(decision.hold)] };
  },
});
