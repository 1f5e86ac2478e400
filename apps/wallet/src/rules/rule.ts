import type { FailureCode } from '@falconpay/contracts/failure-codes';
import type { Money } from '@falconpay/money/money';
import type { Form } from './forms.js';
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

/**
 * All that is known of a rule, in its own file. What it is set to is kept and told as it was sent: whoever sets it, reads it back and
 * decides by it sees the same.
 */
export interface Rule<Setting = unknown> {
  /** Its member of the limits. */
  readonly name: string;
  /** What accounts may be given; not there: nothing. */
  readonly ofAccounts?: Form;
  readonly ofClients?: Form;
  /** Usage is that of the day and the instant in question. A rule that has nothing to say returns undefined. */
  refusal(spending: Spending, setting: Setting, usage: Usage, now: Date): RuleRefusal | undefined;
  /** The currencies it speaks of: no others make sense for an account but its own. */
  currencies?(setting: Setting): readonly string[];
  /** Of how many spendings it has to know the instants: those of the last ones are kept. */
  instants?(setting: Setting): number;
}

export const settingOf = <Setting>(limits: Limits, { name }: Rule<Setting>): Setting | undefined =>
  limits.rules[name] as Setting | undefined;
