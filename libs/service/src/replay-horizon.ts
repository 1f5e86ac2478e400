import type { ServiceConfiguration } from './service-definition.js';
import { marginDays } from './settings.js';

const dayMs = 86_400_000;

/** A topic, and where its dead letters come back from; undefined when nobody sends any back. */
export interface HeardTopic {
  readonly name: string;
  readonly deadLetters: string | undefined;
}

type Memory = Pick<ServiceConfiguration, 'INBOX_RETENTION_DAYS' | 'RETRY_BUDGET_MS'>;

/**
 * What is wrong when some event can come again after the inbox has forgotten it: read at the end of its topic's retention, tried
 * again for as long as may be, sent back at the end of its dead letter's. `settings.ts` holds the figures of topics that we create
 * against each other; this is about those that an operator has set.
 */
export function faultInRetention(heard: readonly HeardTopic[], keptMs: ReadonlyMap<string, number>, memory: Memory): string | undefined {
  const [longest] = heard.map((topic) => horizonOf(topic, keptMs, memory)).sort((one, other) => other.ms - one.ms);
  if (!longest || longest.ms <= memory.INBOX_RETENTION_DAYS * dayMs) return undefined;
  const change = Number.isFinite(longest.ms)
    ? `set INBOX_RETENTION_DAYS to ${Math.ceil(longest.ms / dayMs)} or more, or shorten them`
    : 'set its retention.ms: no INBOX_RETENTION_DAYS is long enough';
  return `INBOX_RETENTION_DAYS=${memory.INBOX_RETENTION_DAYS} is too short, an event could take effect twice: ${longest.parts.join(', ')}; ${change}`;
}

function horizonOf({ name, deadLetters }: HeardTopic, keptMs: ReadonlyMap<string, number>, { RETRY_BUDGET_MS }: Memory) {
  const own = keptMs.get(name) ?? 0;
  const letters = deadLetters === undefined ? 0 : (keptMs.get(deadLetters) ?? 0);
  return {
    ms: own + RETRY_BUDGET_MS + letters + marginDays * dayMs,
    parts: [
      `${name} keeps its records ${howLong(own)} (retention.ms)`,
      `one that fails is tried again ${howLong(RETRY_BUDGET_MS)} (RETRY_BUDGET_MS)`,
      ...(deadLetters === undefined ? [] : [`${deadLetters} keeps them ${howLong(letters)} (retention.ms)`]),
      `and there has to be a margin ${howLong(marginDays * dayMs)}`,
    ],
  };
}

const howLong = (ms: number): string =>
  !Number.isFinite(ms) ? 'for ever' : ms < dayMs ? `for ${Math.round(ms / 1_000)} s` : `for ${Math.round((ms / dayMs) * 10) / 10} days`;
