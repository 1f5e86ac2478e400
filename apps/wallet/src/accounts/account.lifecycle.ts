import { defineLifecycle, duplicate, impossible } from '@falconpay/lifecycle/lifecycle';

export type AccountState = 'OPEN' | 'FROZEN';
export type AccountEvent = 'freeze' | 'unfreeze' | 'post';

/** A frozen account neither gives nor takes money; an operator thaws it. */
export const accountLifecycle = defineLifecycle<AccountState, AccountEvent>()({
  name: 'account',
  initial: 'OPEN',
  terminal: [],
  on: {
    OPEN: { freeze: 'FROZEN', unfreeze: duplicate, post: 'OPEN' },
    FROZEN: { freeze: duplicate, unfreeze: 'OPEN', post: impossible },
  },
});
