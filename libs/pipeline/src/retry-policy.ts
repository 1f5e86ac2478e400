/** How long a record that may yet go well is tried again, and how often one that was given up may be replayed. */
export interface RetryPolicy {
  readonly budgetMs: number;
  readonly firstDelayMs: number;
  readonly delayMsMax: number;
  readonly replayCountMax: number;
}

export interface Tries {
  readonly attempts: number;
  readonly firstFailedAt: Date;
}

/**
 * When it is tried again: twice as late each time, up to a limit, and each by a chance of its own (`random`, from 0 to 1), so that
 * what failed together does not come back together. Undefined when that would be after the budget.
 */
export function nextTryAt(policy: RetryPolicy, { attempts, firstFailedAt }: Tries, now: Date, random: number): Date | undefined {
  const delayMs = Math.min(policy.delayMsMax, policy.firstDelayMs * 2 ** Math.min(attempts - 1, 30));
  const at = now.getTime() + Math.round(delayMs * (0.5 + random / 2));
  return at > firstFailedAt.getTime() + policy.budgetMs ? undefined : new Date(at);
}
