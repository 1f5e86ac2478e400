import type { Currency } from '@falconpay/money/currency';
import type { Money } from '@falconpay/money/money';

/** What an account, or a client, may spend: what the rules were set to. What is left out is not limited. */
export interface Limits {
  /** By the rules' names. */
  readonly rules: Readonly<Record<string, unknown>>;
  /** An IANA time zone: kept with the limits, so that what is decided by them depends on nothing else. */
  readonly zone: string;
}

/** What has been spent, as far as the limits ask. Kept only where there are limits. */
export interface Usage {
  /** Counted from here on: when there were limits for the first time. */
  readonly since: Date;
  /** YYYY-MM-DD */
  readonly day: string;
  readonly spentThatDay: readonly Money[];
  /** The instants of the last spendings, the latest one last; as many as the rules need. */
  readonly recent: readonly Date[];
}

/** Of amounts in different currencies the one in this. */
export const ofCurrency = <Some extends { readonly currency: string }>(amounts: readonly Some[], currency: Currency): Some | undefined =>
  amounts.find((each) => each.currency === currency);

/** What is not there is nothing. */
export const amountIn = (amounts: readonly Money[], currency: Currency): bigint => ofCurrency(amounts, currency)?.amount ?? 0n;
