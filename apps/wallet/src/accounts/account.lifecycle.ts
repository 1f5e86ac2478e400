import { defineLifecycle, duplicate, impossible, stale } from '@falconpay/lifecycle/lifecycle';

export type AccountState = 'OPEN' | 'FROZEN' | 'CLOSED';
/** `post`: money comes or goes. `settle`: a hold that was placed before ends; what was promised is kept, frozen or not. */
export type AccountEvent = 'freeze' | 'unfreeze' | 'close' | 'post' | 'settle';

/** A frozen account neither gives nor takes money until an operator thaws it; a closed one never again. */
export const accountLifecycle = defineLifecycle<AccountState, AccountEvent>()({
  name: 'account',
  initial: 'OPEN',
  terminal: ['CLOSED'],
  on: {
    OPEN: { freeze: 'FROZEN', unfreeze: duplicate, close: 'CLOSED', post: 'OPEN', settle: 'OPEN' },
    FROZEN: { freeze: duplicate, unfreeze: 'OPEN', close: impossible, post: impossible, settle: 'FROZEN' },
    CLOSED: { freeze: stale, unfreeze: stale, close: duplicate, post: impossible, settle: impossible },
  },
});
