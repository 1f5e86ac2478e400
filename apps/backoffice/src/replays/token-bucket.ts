/** So many may be sent at once; more come with time. */
export interface TokenBucket {
  readonly tokens: number;
  readonly atMs: number;
}

/** Never more than a second's worth. A replay that begins, or begins again after a crash, has one. */
export function refilled(bucket: TokenBucket | undefined, perSecond: number, nowMs: number): TokenBucket {
  if (!bucket) return { tokens: 1, atMs: nowMs };
  const gained = (Math.max(0, nowMs - bucket.atMs) / 1_000) * perSecond;
  return { tokens: Math.min(perSecond, bucket.tokens + gained), atMs: nowMs };
}
