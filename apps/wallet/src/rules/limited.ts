import type { Money } from '@falconpay/money/money';
import { businessDateOf } from './business-date.js';
import { amountIn, type Limits, type Usage } from './limits.js';
import { settingOf, type Rule, type RuleRefusal, type Spending } from './rule.js';
import { rules } from './rules.js';

/** What an account or a client may spend, and has spent. Most have no limits: nothing is asked of them, and nothing counted. */
export interface Limited {
  readonly limits: Limits;
  readonly usage: Usage;
}

/** Why the rules do not let this be spent; `who` begins the sentence. */
export function refusalByRules(limited: Limited | undefined, who: string, spending: Spending, now: Date): RuleRefusal | undefined {
  if (!limited) return undefined;
  const usage = usageOn(limited, now);
  for (const [rule, setting] of rulesSet(limited.limits)) {
    const refusal = rule.refusal(spending, setting, usage, now);
    if (refusal) return { code: refusal.code, detail: `${who} ${refusal.detail}` };
  }
  return undefined;
}

/** Once it is spent. Only what leaves counts: what comes in is limited by nothing here. */
export function withSpent<Some extends Limited | undefined>(limited: Some, { amount, currency }: Money, now: Date): Some | Limited {
  if (!limited) return limited;
  const usage = usageOn(limited, now);
  const instants = Math.max(0, ...rulesSet(limited.limits).map(([rule, setting]) => rule.instants?.(setting) ?? 0));
  return {
    limits: limited.limits,
    usage: {
      ...usage,
      spentThatDay: plus(usage.spentThatDay, { amount, currency }),
      recent: instants > 0 ? [...usage.recent, now].slice(-instants) : [],
    },
  };
}

/**
 * Part of what was set apart on the same day has come back unspent, and may be spent again. That there was a spending stays
 * counted: a hold that is placed and released over and over is what a velocity is for. Of the very instant since which is counted nobody
 * can say whether it was: then it stays.
 */
export function withGivenBack<Some extends Limited | undefined>(
  limited: Some,
  { amount, currency }: Money,
  setApartAt: Date,
  now: Date,
): Some | Limited {
  if (!limited || amount === 0n) return limited;
  const usage = usageOn(limited, now);
  const wasCounted = setApartAt > usage.since && businessDateOf(setApartAt, limited.limits.zone) === usage.day;
  if (!wasCounted) return limited;
  return { limits: limited.limits, usage: { ...usage, spentThatDay: plus(usage.spentThatDay, { amount: -amount, currency }) } };
}

/** Other limits for the same spender: what was counted stays. Undefined: no limits any more, and nothing to count. */
export function withLimits(limited: Limited | undefined, limits: Limits | undefined, now: Date): Limited | undefined {
  if (!limits) return undefined;
  return { limits, usage: limited?.usage ?? { since: now, day: businessDateOf(now, limits.zone), spentThatDay: [], recent: [] } };
}

/** Those of the amounts among these limits. Which ones are allowed at all is another thing. */
export const currenciesOf = (limits: Limits): string[] => rulesSet(limits).flatMap(([rule, setting]) => rule.currencies?.(setting) ?? []);

/** A new day begins with nothing. The clock of a commit may be a little behind the one before: its day is never an earlier one. */
export function usageOn({ limits, usage }: Limited, now: Date): Usage {
  const today = businessDateOf(now, limits.zone);
  return today > usage.day ? { ...usage, day: today, spentThatDay: [] } : usage;
}

const rulesSet = (limits: Limits): [Rule, unknown][] =>
  rules.flatMap((rule): [Rule, unknown][] => {
    const setting = settingOf(limits, rule);
    return setting === undefined ? [] : [[rule, setting]];
  });

const plus = (amounts: readonly Money[], { amount, currency }: Money): Money[] => [
  ...amounts.filter((each) => each.currency !== currency),
  { amount: amountIn(amounts, currency) + amount, currency },
];
