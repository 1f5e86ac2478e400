import { defineLifecycle, duplicate, impossible } from '@falconpay/lifecycle/lifecycle';

export type TransferState = 'PENDING' | 'COMPLETED' | 'FAILED';
export type TransferEvent = 'complete' | 'fail';

/** The wallet speaks once. If it said both, one of its databases has forgotten something: nobody may guess which. */
export const transferLifecycle = defineLifecycle<TransferState, TransferEvent>()({
  name: 'transfer',
  initial: 'PENDING',
  terminal: ['COMPLETED', 'FAILED'],
  on: {
    PENDING: { complete: 'COMPLETED', fail: 'FAILED' },
    COMPLETED: { complete: duplicate, fail: impossible },
    FAILED: { complete: impossible, fail: duplicate },
  },
});
