import { setTimeout as delay } from 'node:timers/promises';

export interface Patience {
  readonly withinMs?: number;
  readonly everyMs?: number;
}

/**
 * Looks again and again until the condition holds, and returns what it saw: anything but undefined, null and false. A look that
 * throws (a failed expectation, a service that is down) is one that did not see it; the last one is told when time is up.
 */
export async function eventually<Seen>(
  what: string,
  look: () => Seen | Promise<Seen>,
  { withinMs = 60_000, everyMs = 20 }: Patience = {},
): Promise<Exclude<Seen, undefined | null | false | void>> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    let last: unknown;
    try {
      const seen = await look();
      if (seen !== undefined && seen !== null && seen !== false) return seen as Exclude<Seen, undefined | null | false | void>;
      last = seen;
    } catch (error) {
      last = error instanceof Error ? error.message : error;
    }
    if (performance.now() > deadline) throw new Error(`not within ${withinMs} ms: ${what}. The last look: ${describe(last)}`);
    await delay(everyMs);
  }
}

const describe = (last: unknown): string => (typeof last === 'string' ? last : (JSON.stringify(last) ?? String(last)));
