import { stepsHearing } from './participants.js';
import type { Saga, Step, Trigger } from './saga.js';
import type { Topic } from './topic.js';

/** An event that was published, as far as a saga's progress depends on it. */
export interface SeenEvent {
  readonly topic: string;
  readonly at: Date;
}

/** A step whose turn it is: nothing of what it may say has been seen yet. */
export interface ExpectedStep {
  readonly by: string;
  readonly does: string;
  readonly because: string;
  readonly since: Date;
  /** One of these ends the waiting. */
  readonly topics: readonly string[];
  /** Set where no event leads on: a timer or the outside world does. */
  readonly awaits: Trigger | undefined;
}

export interface Progress {
  /** The sagas that say all that was seen: more than one while they look alike. */
  readonly sagas: readonly string[];
  readonly expected: readonly ExpectedStep[];
}

/**
 * What is to come next, by the table alone. It depends on which events were seen and not on the order they were seen in: they
 * come over several topics, which overtake each other.
 */
export function progressOf(sagas: readonly Saga[], seen: readonly SeenEvent[]): Progress {
  const fitting = sagas.filter((saga) => seen.every(({ topic }) => topicsOf(saga).has(topic)));
  const expected = new Map<string, ExpectedStep>();
  for (const saga of seen.length === 0 ? [] : fitting)
    for (const step of expectedOf(saga, latestOf(seen))) expected.set(`${step.by}/${step.does}`, step);
  return { sagas: fitting.map(({ name }) => name), expected: [...expected.values()] };
}

function expectedOf(saga: Saga, seen: ReadonlyMap<string, Date>): ExpectedStep[] {
  return topicsIn(saga).flatMap((topic) => {
    const since = seen.get(topic.name);
    if (!since) return [];
    return stepsAfter(saga, topic).flatMap((step) => {
      const topics = answersTo(saga, topic, step);
      if (topics.length === 0 || topics.some((name) => seen.has(name))) return [];
      return [{ by: step.by, does: step.does, because: topic.name, since, topics, awaits: step.awaits }];
    });
  });
}

/** Who goes on once it is known: whoever hears it, and of what is for onlookers whoever said it and waits. */
const stepsAfter = (saga: Saga, topic: Topic): Step[] =>
  topic.forOnlookers
    ? saga.steps.filter(({ awaits, emits }) => awaits && emits.some(({ name }) => name === topic.name))
    : stepsHearing(saga, topic);

/** The events one of which must follow; none when the saga may end with this step. */
function answersTo(saga: Saga, topic: Topic, step: Step): string[] {
  if (saga.ends.includes(step.does) || step.forMembers) return [];
  if (!step.awaits) return step.emits.map(({ name }) => name);
  const awaited = new Set(saga.steps.flatMap(({ awaits }) => awaits ?? []));
  const fromOutside = saga.steps.filter(({ on }) => typeof on === 'string' && awaited.has(on));
  return [...new Set(fromOutside.flatMap(({ emits }) => emits.map(({ name }) => name)))].filter((name) => name !== topic.name);
}

function latestOf(seen: readonly SeenEvent[]): Map<string, Date> {
  const latest = new Map<string, Date>();
  for (const { topic, at } of seen) {
    const known = latest.get(topic);
    if (!known || known < at) latest.set(topic, at);
  }
  return latest;
}

const topicsIn = (saga: Saga): Topic[] => [
  ...new Map(saga.steps.flatMap(({ emits }) => emits.map((topic) => [topic.name, topic]))).values(),
];
const topicsOf = (saga: Saga): Set<string> => new Set(topicsIn(saga).map(({ name }) => name));
