import type { Saga, Step } from './saga.js';
import type { Topic } from './topic.js';

/** A saga begins where something other than an event of ours wakes a use case that no event leads to. */
export const isOpening = (step: Step): boolean => typeof step.on === 'string';

export const stepsHearing = (saga: Saga, topic: Topic): Step[] =>
  saga.steps.filter((step) => typeof step.on !== 'string' && step.on.name === topic.name);

/** Services in the order in which they take part. */
export const servicesOf = (sagas: readonly Saga[]): string[] => unique(sagas.flatMap((saga) => saga.steps.map((step) => step.by)));

export const topicsHeardBy = (sagas: readonly Saga[], service: string): string[] =>
  unique(stepsBy(sagas, service).flatMap((step) => (typeof step.on === 'string' ? [] : [step.on.name])));

/** What a service does about a topic: several sagas may share one use case. */
export const reactionsTo = (sagas: readonly Saga[], service: string, topic: string): string[] =>
  unique(
    stepsBy(sagas, service)
      .filter((step) => typeof step.on !== 'string' && step.on.name === topic)
      .map((step) => step.does),
  );

export const servicesHearing = (sagas: readonly Saga[], topic: Topic): string[] =>
  unique(sagas.flatMap((saga) => stepsHearing(saga, topic).map((step) => step.by)));

export const servicesEmitting = (sagas: readonly Saga[], topic: Topic): string[] =>
  unique(sagas.flatMap((saga) => saga.steps.filter((step) => emits(step, topic)).map((step) => step.by)));

/** Every use case after which the saga may be over, once this topic has been published. */
export function endsReachedFrom(saga: Saga, topic: Topic): string[] {
  const seen = new Set<string>([topic.name]);
  const ends = new Set<string>();
  const open: Topic[] = [topic];
  for (let next = open.pop(); next; next = open.pop()) {
    for (const step of stepsHearing(saga, next)) {
      if (saga.ends.includes(step.does)) ends.add(step.does);
      for (const emitted of step.emits) if (!seen.has(emitted.name)) open.push(emitted);
      for (const emitted of step.emits) seen.add(emitted.name);
    }
  }
  return [...ends].sort();
}

const stepsBy = (sagas: readonly Saga[], service: string): Step[] =>
  sagas.flatMap((saga) => saga.steps.filter((step) => step.by === service));
const emits = (step: Step, topic: Topic): boolean => step.emits.some((emitted) => emitted.name === topic.name);
const unique = (names: readonly string[]): string[] => [...new Set(names)];
