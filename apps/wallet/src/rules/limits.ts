import type { Currency } from '@falconpay/money/currency';
import type { Money } from '@falconpay/money/money';

/** What an account, or a client, may spend. What is left out is not limited. */
export interface Limits {
  /** One per currency. */
  readonly perTransaction: readonly Money[];
  /** One per currency; a day is one of the zone's calendar. */
  readonly perDay: readonly Money[];
  readonly velocity: Velocity | undefined;
  readonly newAccount: NewAccount | undefined;
  /** Undefined: all. */
  readonly currencies: readonly Currency[] | undefined;
  /** An IANA time zone: kept with the limits, so that what is decided by them depends on nothing else. */
  readonly zone: string;
}

/** At most so many spendings in any stretch of so many seconds. */
export interface Velocity {
  readonly count: number;
  readonly windowSeconds: number;
}

/** What passes at most at once on an account that was opened less than so many seconds ago. */
export interface NewAccount {
  readonly youngerThanSeconds: number;
  /** One per currency. */
  readonly perTransaction: readonly Money[];
}

/** What has been spent, as far as the limits ask. Kept only where there are limits. */
export interface Usage {
  /** Counted from here on: when there were limits for the first time. */
  readonly since: Date;
  /** YYYY-MM-DD */
  readonly day: string;
  readonly spentThatDay: readonly Money[];
  /** The instants of the last spendings, the latest one last; as many as the velocity needs. */
  readonly recent: readonly Date[];
}

export const amountIn = (amounts: readonly Money[], currency: Currency): bigint | undefined =>
  amounts.find((each) => each.currency === currency)?.amount;
