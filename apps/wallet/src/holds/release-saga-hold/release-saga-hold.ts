import { walletUseCase } from '../../wallet-rows.js';
import { endHold } from '../hold.js';
import { knownSagaHold, sagaHoldNeeds, type SagaHold } from '../known-saga-hold.js';
import { released } from '../saga-hold-events.js';

/** Gives back what a saga did not use. */
export const releaseSagaHold = walletUseCase({
  name: 'release-saga-hold',
  needs: (message: SagaHold) => sagaHoldNeeds(message),
  decide: (message, rows, { now }) => {
    const { hold, account } = knownSagaHold(rows, message);
    const change = endHold(hold, account, 'release', now);
    if (typeof change === 'string') return {};
    return { put: { accounts: [change.account], holds: [change.hold] }, events: [released(change.hold, change.hold.updatedAt)] };
  },
});
