import { currency } from '@falconpay/money/currency';
import type { Columns } from '@falconpay/postgres/set-based';
import type { Limited } from './limited.js';
import type { Limits, Usage } from './limits.js';

/** The two columns of a row that may be limited; null in most rows. Limits are kept as they are, and told as they are kept. */
export interface LimitedRecord {
  readonly limits: Limits | null;
  readonly usage: {
    readonly since: string;
    readonly day: string;
    /** By currency, as texts: a day's sum may be larger than what JSON carries exactly. */
    readonly spent: Readonly<Record<string, string>>;
    readonly recent: readonly number[];
  } | null;
}

export function limitedOf({ limits, usage }: LimitedRecord): Limited | undefined {
  if (!limits || !usage) return undefined;
  return {
    limits,
    usage: {
      since: new Date(usage.since),
      day: usage.day,
      spentThatDay: Object.entries(usage.spent).map(([code, amount]) => ({ amount: BigInt(amount), currency: currency(code) })),
      recent: usage.recent.map((ms) => new Date(ms)),
    },
  };
}

export const limitedColumns: Columns<{ readonly limited: Limited | undefined }> = {
  limits: { type: 'jsonb', of: ({ limited }) => (limited ? JSON.stringify(limited.limits) : null) },
  usage: { type: 'jsonb', of: ({ limited }) => (limited ? JSON.stringify(storedUsage(limited.usage)) : null) },
};

const storedUsage = (usage: Usage): LimitedRecord['usage'] => ({
  since: usage.since.toISOString(),
  day: usage.day,
  spent: Object.fromEntries(usage.spentThatDay.map(({ amount, currency: code }) => [code, String(amount)])),
  recent: usage.recent.map((at) => at.getTime()),
});
