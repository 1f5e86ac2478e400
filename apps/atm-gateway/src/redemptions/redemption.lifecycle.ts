import { defineLifecycle, duplicate, impossible, stale } from '@falconpay/lifecycle/lifecycle';

export type RedemptionState = 'REQUESTED' | 'CASHING_OUT' | 'CREDITING' | 'COMPLETED' | 'DECLINED' | 'REVERSING' | 'REVERSED';
/** `approve`, `decline` and `acknowledge` are the institution's words, `credit` and `refuse` the wallet's. */
export type RedemptionEvent = 'send' | 'approve' | 'decline' | 'doubt' | 'credit' | 'refuse' | 'acknowledge';

const beforeWallet = { credit: impossible, refuse: impossible } as const;

/**
 * Money that comes in from a card. It is credited only after an approval that came before any doubt. From REVERSING nothing leads
 * to a credit, whatever the institution says later. One that approves what it had declined, or promised never to do, is reversed.
 */
export const redemptionLifecycle = defineLifecycle<RedemptionState, RedemptionEvent>()({
  name: 'redemption',
  initial: 'REQUESTED',
  terminal: ['COMPLETED'],
  on: {
    REQUESTED: {
      send: 'CASHING_OUT',
      approve: impossible,
      decline: impossible,
      doubt: 'REVERSING',
      ...beforeWallet,
      acknowledge: impossible,
    },
    CASHING_OUT: {
      send: duplicate,
      approve: 'CREDITING',
      decline: 'DECLINED',
      doubt: 'REVERSING',
      ...beforeWallet,
      acknowledge: impossible,
    },
    CREDITING: {
      ...{ send: duplicate, approve: duplicate, decline: stale, doubt: stale },
      ...{ credit: 'COMPLETED', refuse: 'REVERSING', acknowledge: impossible },
    },
    COMPLETED: {
      ...{ send: duplicate, approve: duplicate, decline: stale, doubt: stale },
      ...{ credit: duplicate, refuse: impossible, acknowledge: impossible },
    },
    DECLINED: {
      ...{ send: duplicate, approve: 'REVERSING', decline: duplicate, doubt: stale },
      ...{ ...beforeWallet, acknowledge: impossible },
    },
    REVERSING: {
      ...{ send: stale, approve: stale, decline: stale, doubt: duplicate },
      ...{ credit: impossible, refuse: duplicate, acknowledge: 'REVERSED' },
    },
    REVERSED: {
      ...{ send: stale, approve: 'REVERSING', decline: stale, doubt: stale },
      ...{ credit: impossible, refuse: duplicate, acknowledge: duplicate },
    },
  },
});
