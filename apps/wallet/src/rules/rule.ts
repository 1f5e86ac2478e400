import type { FailureCode } from '@falconpay/contracts/failure-codes';
import type { Money } from '@falconpay/money/money';
import type { Limits, Usage } from './limits.js';

/**
 * Money that is about to leave an account: by a transfer, a refund, over a counter, or set apart by a hold; or to come onto one from a
 * card, which spends there.
 */
export interface Spending extends Money {
  /** When the account was opened. */
  readonly accountSince: Date;
}

export interface RuleRefusal {
  readonly code: Extract<FailureCode, 'limit-exceeded' | 'rule-refused'>;
  /** What is left to say after the name of whoever is limited: `may spend at most …`. */
  readonly detail: string;
}

/** Usage is that of the day and the instant in question. A rule that has nothing to say returns undefined. */
export type Rule = (spending: Spending, limits: Limits, usage: Usage, now: Date) => RuleRefusal | undefined;
