import { defineSaga } from '@falconpay/choreography/saga';
import { holdCaptured } from '../topics/hold-captured.topic.js';
import { holdPlaced } from '../topics/hold-placed.topic.js';
import { holdRefused } from '../topics/hold-refused.topic.js';
import { holdReleased } from '../topics/hold-released.topic.js';
import { shortagePosted } from '../topics/shortage-posted.topic.js';
import { withdrawalDispensed } from '../topics/withdrawal-dispensed.topic.js';
import { withdrawalFailed } from '../topics/withdrawal-failed.topic.js';
import { withdrawalReconciling } from '../topics/withdrawal-reconciling.topic.js';
import { withdrawalRequested } from '../topics/withdrawal-requested.topic.js';
import { withdrawalShort } from '../topics/withdrawal-short.topic.js';

/**
 * Cash leaves a machine against money that is held in the wallet. The machine is told once (claim-errand commits that before
 * anything is sent); from then on only evidence decides. No answer is no evidence: the money stays set apart until there is some.
 */
export const withdrawCashSaga = defineSaga({
  name: 'withdraw-cash',
  about: 'Cash comes out of a machine and is paid for, or the money is given back; what nobody knows is found out, never guessed.',
  steps: [
    { by: 'atm-gateway', on: 'http', does: 'request-withdrawal', emits: [withdrawalRequested] },
    { by: 'wallet', on: withdrawalRequested, does: 'place-saga-hold', emits: [holdPlaced, holdRefused], undoneBy: 'release-saga-hold' },
    { by: 'atm-gateway', on: holdRefused, does: 'refuse-order', emits: [] },
    { by: 'atm-gateway', on: holdPlaced, does: 'reserve-order', emits: [], awaits: 'timer' },
    {
      by: 'atm-gateway',
      on: 'timer',
      does: 'claim-errand',
      emits: [withdrawalReconciling, withdrawalFailed],
      awaits: 'outside-world',
      pivot: true,
    },
    {
      by: 'atm-gateway',
      on: 'outside-world',
      does: 'record-evidence',
      emits: [withdrawalDispensed, withdrawalFailed, withdrawalReconciling, withdrawalShort],
    },
    { by: 'atm-gateway', on: 'http', does: 'resolve-withdrawal', emits: [withdrawalDispensed, withdrawalFailed] },
    { by: 'wallet', on: withdrawalDispensed, does: 'capture-saga-hold', emits: [holdCaptured] },
    { by: 'wallet', on: withdrawalFailed, does: 'release-saga-hold', emits: [holdReleased] },
    { by: 'wallet', on: withdrawalShort, does: 'post-shortage', emits: [shortagePosted] },
    { by: 'atm-gateway', on: holdCaptured, does: 'complete-order', emits: [] },
    { by: 'atm-gateway', on: holdReleased, does: 'refund-order', emits: [withdrawalShort] },
    { by: 'atm-gateway', on: shortagePosted, does: 'review-shortage', emits: [] },
  ],
  ends: ['refuse-order', 'complete-order', 'refund-order', 'review-shortage'],
});
