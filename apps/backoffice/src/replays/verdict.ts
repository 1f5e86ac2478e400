import { servicesOf, stepsHearing } from '@falconpay/choreography/participants';
import { consumerGroup, sagas, topics, type Service } from '@falconpay/contracts/choreography';
import { faultIn, faultInHeaders } from '../dead-letters/contract-check.js';
import { deliveredId, type DeadLetter } from '../dead-letters/dead-letter.js';
import type { TimelineEvent } from '../timelines/timeline-event.js';
import { isForgotten, isProcessed, type AskedEvent, type InboxAnswer } from './inbox-answer.js';

/** What a replay of a letter would come to, as far as can be said before. */
export interface Verdict {
  readonly kind:
    | 'will-be-processed'
    /** Later events of its key have been taken in: the consumer decides what an old one means. */
    | 'stale'
    /** The consumer's inbox has it: there is nothing left to do. */
    | 'already-processed'
    | 'saga-over'
    | 'unknown-schema'
    | 'too-old'
    | 'sent-too-often'
    | 'not-waiting'
    | 'no-answer';
  readonly detail?: string;
}

const services = new Map(servicesOf(sagas).map((service) => [consumerGroup(service as Service), service]));

/** Asked in this order: what nobody can say comes first, what would do harm next. */
export function verdictOn(letter: DeadLetter, inbox: InboxAnswer | undefined, events: readonly TimelineEvent[]): Verdict {
  if (!inbox) return { kind: 'no-answer', detail: `the service of ${letter.group} cannot be asked what it has taken in` };
  const head = inbox.events.get(letter.eventId);
  if (isProcessed(head) || isProcessed(inbox.events.get(deliveredId(letter)))) return { kind: 'already-processed' };
  if (letter.state !== 'waiting') return { kind: 'not-waiting', detail: `it is ${letter.state}` };
  const ended = [head, inbox.events.get(deliveredId(letter))].find((standing) => standing?.state === 'processed');
  if (ended) return { kind: 'not-waiting', detail: `for its consumer it is ${ended.outcome}` };
  if (head?.line?.state === 'retrying') return { kind: 'not-waiting', detail: 'its consumer is at it again' };
  if (head?.state !== 'blocked' && isForgotten(letter.eventId, inbox))
    return { kind: 'too-old', detail: `its consumer remembers since ${inbox.remembersSince.toISOString()}, and may have had it` };
  const fault = schemaFault(letter);
  if (fault !== undefined) return { kind: 'unknown-schema', detail: fault };
  if (letter.replays >= inbox.replayCountMax) return { kind: 'sent-too-often', detail: `it was sent ${letter.replays} times` };
  const over = outcomeSeen(letter, events);
  if (over !== undefined) return { kind: 'saga-over', detail: `${over} was published without it` };
  const later = laterEvents(letter, events).filter(({ id }) => isProcessed(inbox.events.get(id))).length;
  return later > 0 ? { kind: 'stale', detail: `by ${later}` } : { kind: 'will-be-processed' };
}

/** Whether an execution sends it; the others stay where they are. */
export const isSendable = ({ kind }: Verdict): boolean => kind === 'will-be-processed' || kind === 'stale';

/** Events of the same topic and key after this one, by the sequence their service gave them. */
export function laterEvents(letter: DeadLetter, events: readonly TimelineEvent[]): AskedEvent[] {
  const own = sequenceOf(letter);
  return events.flatMap(({ eventId: id, topic, sequence }) =>
    own !== undefined && sequence !== undefined && sequence > own && topic === letter.topic ? [{ id, topic, key: letter.key }] : [],
  );
}

function schemaFault({ topic, headers, value, replacement }: DeadLetter): string | undefined {
  const strange = replacement ? undefined : faultInHeaders(topic, headers);
  if (strange !== undefined) return strange;
  const fault = faultIn(topic, replacement?.value ?? value);
  return fault === undefined ? undefined : `it breaks its contract: ${fault}`;
}

/** The step that failed would say one of its events: was one said already, its time has passed. */
function outcomeSeen({ topic: name, group }: DeadLetter, events: readonly TimelineEvent[]): string | undefined {
  const topic = topics.find((each) => each.name === name);
  const seen = new Set(events.map((event) => event.topic));
  const steps = topic ? sagas.flatMap((saga) => stepsHearing(saga, topic).filter(({ by }) => by === services.get(group))) : [];
  return steps.flatMap(({ emits, forMembers }) => (forMembers ? [] : emits)).find((emitted) => seen.has(emitted.name))?.name;
}

function sequenceOf({ headers }: DeadLetter): number | undefined {
  const text = Buffer.from(headers.findLast(([name]) => name === 'ce_sequence')?.[1] ?? '', 'base64').toString('utf8');
  return /^\d{1,9}$/.test(text) ? Number.parseInt(text, 10) : undefined;
}
