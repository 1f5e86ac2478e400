import { defineLifecycle, duplicate, impossible, stale } from '@falconpay/lifecycle/lifecycle';

export type HoldState = 'ACTIVE' | 'CAPTURED' | 'RELEASED' | 'EXPIRED';
export type HoldEvent = 'capture' | 'release' | 'expire';

/**
 * A hold ends exactly once. To capture what was given back would take money twice or from nowhere: whoever says so contradicts
 * what was said before, and that is a case for people. To give back what was captured, or what has expired, is merely late.
 */
export const holdLifecycle = defineLifecycle<HoldState, HoldEvent>()({
  name: 'hold',
  initial: 'ACTIVE',
  terminal: ['CAPTURED', 'RELEASED', 'EXPIRED'],
  on: {
    ACTIVE: { capture: 'CAPTURED', release: 'RELEASED', expire: 'EXPIRED' },
    CAPTURED: { capture: duplicate, release: stale, expire: stale },
    RELEASED: { capture: impossible, release: duplicate, expire: stale },
    EXPIRED: { capture: impossible, release: stale, expire: duplicate },
  },
});
