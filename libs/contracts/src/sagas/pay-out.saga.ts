import { defineSaga } from '@falconpay/choreography/saga';
import { holdCaptured } from '../topics/hold-captured.topic.js';
import { holdPlaced } from '../topics/hold-placed.topic.js';
import { holdRefused } from '../topics/hold-refused.topic.js';
import { holdReleased } from '../topics/hold-released.topic.js';
import { shortagePosted } from '../topics/shortage-posted.topic.js';
import { payoutAccepted } from '../topics/payout-accepted.topic.js';
import { payoutFailed } from '../topics/payout-failed.topic.js';
import { payoutReconciling } from '../topics/payout-reconciling.topic.js';
import { payoutRequested } from '../topics/payout-requested.topic.js';
import { payoutShort } from '../topics/payout-short.topic.js';

/**
 * Money leaves for an account at another bank. It waits in a queue that is bounded and durable: the errands that are due. From
 * there on it goes as with a cash machine: sent at most once, and only evidence decides what became of it.
 */
export const payOutSaga = defineSaga({
  name: 'pay-out',
  about: 'A bank takes the money and it is paid for, or it is given back; what nobody knows is found out, never sent again.',
  steps: [
    { by: 'atm-gateway', on: 'http', does: 'request-payout', emits: [payoutRequested] },
    { by: 'wallet', on: payoutRequested, does: 'place-saga-hold', emits: [holdPlaced, holdRefused], undoneBy: 'release-saga-hold' },
    { by: 'atm-gateway', on: holdRefused, does: 'refuse-order', emits: [] },
    { by: 'atm-gateway', on: holdPlaced, does: 'reserve-order', emits: [], awaits: 'timer' },
    {
      by: 'atm-gateway',
      on: 'timer',
      does: 'claim-errand',
      emits: [payoutReconciling, payoutFailed],
      awaits: 'outside-world',
      pivot: true,
    },
    {
      by: 'atm-gateway',
      on: 'outside-world',
      does: 'record-evidence',
      emits: [payoutAccepted, payoutFailed, payoutReconciling, payoutShort],
    },
    { by: 'atm-gateway', on: 'http', does: 'resolve-payout', emits: [payoutAccepted, payoutFailed] },
    { by: 'wallet', on: payoutAccepted, does: 'capture-saga-hold', emits: [holdCaptured] },
    { by: 'wallet', on: payoutFailed, does: 'release-saga-hold', emits: [holdReleased] },
    { by: 'wallet', on: payoutShort, does: 'post-shortage', emits: [shortagePosted] },
    { by: 'atm-gateway', on: holdCaptured, does: 'complete-order', emits: [] },
    { by: 'atm-gateway', on: holdReleased, does: 'refund-order', emits: [payoutShort] },
    { by: 'atm-gateway', on: shortagePosted, does: 'review-shortage', emits: [] },
  ],
  ends: ['refuse-order', 'complete-order', 'refund-order', 'review-shortage'],
});
