import { currency, type Currency } from '@falconpay/money/currency';
import type { Money } from '@falconpay/money/money';
import type { Columns } from '@falconpay/postgres/set-based';
import type { Limited } from './limited.js';
import type { Limits, Usage } from './limits.js';

/** Amounts as texts: a day's sum may be larger than what JSON carries exactly. */
type StoredAmounts = Readonly<Record<string, string>>;

/** The two columns of a row that may be limited; null in most rows. */
export interface LimitedRecord {
  readonly limits: {
    readonly per_transaction: StoredAmounts;
    readonly per_day: StoredAmounts;
    readonly velocity: Limits['velocity'] | null;
    /** Not there in rows that were written before there was any. */
    readonly new_account?: { readonly younger_than_seconds: number; readonly per_transaction: StoredAmounts } | null;
    readonly currencies: readonly Currency[] | null;
    readonly zone: string;
  } | null;
  readonly usage: {
    readonly since: string;
    readonly day: string;
    readonly spent: StoredAmounts;
    readonly recent: readonly number[];
  } | null;
}

export function limitedOf({ limits, usage }: LimitedRecord): Limited | undefined {
  if (!limits || !usage) return undefined;
  return {
    limits: {
      perTransaction: amountsOf(limits.per_transaction),
      perDay: amountsOf(limits.per_day),
      velocity: limits.velocity ?? undefined,
      newAccount: limits.new_account
        ? { youngerThanSeconds: limits.new_account.younger_than_seconds, perTransaction: amountsOf(limits.new_account.per_transaction) }
        : undefined,
      currencies: limits.currencies ?? undefined,
      zone: limits.zone,
    },
    usage: {
      since: new Date(usage.since),
      day: usage.day,
      spentThatDay: amountsOf(usage.spent),
      recent: usage.recent.map((ms) => new Date(ms)),
    },
  };
}

export const limitedColumns: Columns<{ readonly limited: Limited | undefined }> = {
  limits: { type: 'jsonb', of: ({ limited }) => (limited ? JSON.stringify(storedLimits(limited.limits)) : null) },
  usage: { type: 'jsonb', of: ({ limited }) => (limited ? JSON.stringify(storedUsage(limited.usage)) : null) },
};

const storedLimits = (limits: Limits): LimitedRecord['limits'] => ({
  per_transaction: storedAmounts(limits.perTransaction),
  per_day: storedAmounts(limits.perDay),
  velocity: limits.velocity ?? null,
  new_account: limits.newAccount
    ? { younger_than_seconds: limits.newAccount.youngerThanSeconds, per_transaction: storedAmounts(limits.newAccount.perTransaction) }
    : null,
  currencies: limits.currencies ?? null,
  zone: limits.zone,
});

const storedUsage = (usage: Usage): LimitedRecord['usage'] => ({
  since: usage.since.toISOString(),
  day: usage.day,
  spent: storedAmounts(usage.spentThatDay),
  recent: usage.recent.map((at) => at.getTime()),
});

const amountsOf = (stored: StoredAmounts): Money[] =>
  Object.entries(stored).map(([code, amount]) => ({ amount: BigInt(amount), currency: currency(code) }));

const storedAmounts = (amounts: readonly Money[]): StoredAmounts =>
  Object.fromEntries(amounts.map(({ amount, currency: code }) => [code, String(amount)]));
