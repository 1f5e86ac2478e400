import { defineLifecycle, duplicate, impossible, stale } from '@falconpay/lifecycle/lifecycle';

export type OrderState =
  'REQUESTED' | 'RESERVED' | 'REFUSED' | 'ACTING' | 'RECONCILING' | 'MANUAL_REVIEW' | 'CAPTURING' | 'COMPLETED' | 'FAILED' | 'REFUNDED';
/** `pay` and `fail` come from evidence and from nothing else; the others that begin with a hold are the wallet's words. */
export type OrderEvent = 'hold' | 'refuse' | 'act' | 'doubt' | 'review' | 'pay' | 'fail' | 'capture' | 'release' | 'fall-short' | 'settle';

const overtaken = { hold: duplicate, refuse: impossible, act: duplicate, doubt: stale, review: stale } as const;
const tooEarly = { capture: impossible, release: impossible, 'fall-short': impossible, settle: impossible } as const;

/**
 * Money that goes out through a partner, against a hold in the wallet. From ACTING on only evidence leads further: ACTING and
 * RECONCILING have no way to FAILED but `fail`. A late success after the release leaves REFUNDED again: it is never dropped.
 */
export const orderLifecycle = defineLifecycle<OrderState, OrderEvent>()({
  name: 'order',
  initial: 'REQUESTED',
  terminal: ['REFUSED', 'COMPLETED'],
  on: {
    REQUESTED: {
      ...{ hold: 'RESERVED', refuse: 'REFUSED', act: impossible, doubt: impossible, review: impossible },
      ...{ ...tooEarly, pay: impossible, fail: impossible },
    },
    RESERVED: {
      ...{ hold: duplicate, refuse: impossible, act: 'ACTING', doubt: impossible, review: impossible },
      ...{ ...tooEarly, pay: impossible, fail: 'FAILED' },
    },
    REFUSED: {
      ...{ hold: impossible, refuse: duplicate, act: impossible, doubt: impossible, review: impossible },
      ...{ ...tooEarly, pay: impossible, fail: impossible },
    },
    ACTING: { ...overtaken, ...tooEarly, doubt: 'RECONCILING', review: 'MANUAL_REVIEW', pay: 'CAPTURING', fail: 'FAILED' },
    RECONCILING: { ...overtaken, ...tooEarly, doubt: duplicate, review: 'MANUAL_REVIEW', pay: 'CAPTURING', fail: 'FAILED' },
    MANUAL_REVIEW: {
      ...{ ...overtaken, ...tooEarly, review: duplicate, pay: 'CAPTURING', fail: 'FAILED' },
      ...{ 'fall-short': duplicate, settle: 'COMPLETED' },
    },
    CAPTURING: { ...overtaken, ...tooEarly, pay: duplicate, fail: impossible, capture: 'COMPLETED', 'fall-short': 'MANUAL_REVIEW' },
    COMPLETED: { ...overtaken, ...tooEarly, pay: stale, fail: stale, capture: duplicate, 'fall-short': stale, settle: duplicate },
    FAILED: { ...overtaken, ...tooEarly, pay: stale, fail: duplicate, release: 'REFUNDED', 'fall-short': 'MANUAL_REVIEW' },
    REFUNDED: { ...overtaken, ...tooEarly, pay: stale, fail: duplicate, release: duplicate, 'fall-short': 'MANUAL_REVIEW' },
  },
});
