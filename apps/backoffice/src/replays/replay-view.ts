import type { JsonSchema } from '@falconpay/http/endpoint-docs';
import type { ReplayItem } from './replay-item.js';
import { replayLifecycle } from './replay.lifecycle.js';
import type { Replay } from './replay.js';

export const itemView = (item: ReplayItem) => ({
  number: item.number,
  dead_letter: item.letterId,
  event_id: item.eventId,
  verdict: item.verdict,
  detail: item.detail ?? null,
  status: item.state,
  outcome: item.outcome ?? null,
  sent_at: item.sentAt?.toISOString() ?? null,
});

/** A replay with its first items, and how many there are of each verdict and state. */
export const replayView = (replay: Replay, items: readonly ReplayItem[]) =>
  replaySummary(replay, countsOf(items.map(({ verdict }) => verdict)), countsOf(items.map(({ state }) => state)));

export const replaySummary = (replay: Replay, verdicts: Readonly<Record<string, number>>, items: Readonly<Record<string, number>>) => ({
  id: replay.id,
  status: replay.state,
  who: replay.who,
  selection: JSON.parse(replay.selection) as unknown,
  reason: replay.reason ?? null,
  per_second: replay.perSecond,
  canary: replay.canary,
  stopped_by: replay.stoppedBy ?? null,
  verdicts,
  items,
  created_at: replay.createdAt.toISOString(),
  updated_at: replay.updatedAt.toISOString(),
});

function countsOf(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

const text = { type: 'string' } as const;
const time = { type: 'string', format: 'date-time' } as const;
const maybeText = { type: ['string', 'null'] } as const;
const count = { type: 'integer', minimum: 0 } as const;
const counts = (description: string) => ({ type: 'object', additionalProperties: count, description }) as const;

export const replaySchema = {
  type: 'object',
  properties: {
    id: text,
    status: { enum: [...replayLifecycle.states] },
    who: text,
    selection: { type: 'object' },
    reason: maybeText,
    per_second: count,
    canary: count,
    stopped_by: { ...maybeText, description: 'The new kind of failure that stopped it' },
    verdicts: counts('What was foreseen: will-be-processed, stale, already-processed, saga-over, unknown-schema, too-old …'),
    items: counts('What has become of them: planned, sent, resolved, skipped, failed'),
    created_at: time,
    updated_at: time,
  },
  required: ['id', 'status', 'who', 'selection', 'per_second', 'canary', 'verdicts', 'items', 'created_at', 'updated_at'],
} satisfies JsonSchema;

export const itemSchema = {
  type: 'object',
  properties: {
    ...{ number: count, dead_letter: text, event_id: text, verdict: text, detail: maybeText },
    ...{
      status: { enum: ['planned', 'sent', 'resolved', 'skipped', 'failed'] },
      outcome: maybeText,
      sent_at: { type: ['string', 'null'] },
    },
  },
  required: ['number', 'dead_letter', 'event_id', 'verdict', 'detail', 'status', 'outcome', 'sent_at'],
} satisfies JsonSchema;
