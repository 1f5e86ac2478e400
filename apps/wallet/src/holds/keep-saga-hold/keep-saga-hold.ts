import { walletUseCase } from '../../wallet-rows.js';
import { suspendExpiry } from '../hold.js';
import { knownSagaHold, sagaHoldNeeds, type SagaHold } from '../known-saga-hold.js';

/** Nobody knows whether the money has left: it stays set apart, whatever the clock says. */
export const keepSagaHold = walletUseCase({
  name: 'keep-saga-hold',
  needs: (message: SagaHold) => sagaHoldNeeds(message),
  decide: (message, rows, { now }) => {
    const hold = suspendExpiry(knownSagaHold(rows, message).hold, now);
    return typeof hold === 'string' ? {} : { put: { holds: [hold] } };
  },
});
