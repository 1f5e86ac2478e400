import { endsReachedFrom, isOpening, servicesOf, stepsHearing } from './participants.js';
import type { Saga, Step, Trigger } from './saga.js';
import type { Topic } from './topic.js';

/** Who stands left of the services for each trigger, as a mermaid participant. */
const outsiders: Readonly<Record<Trigger, string>> = {
  http: 'actor http as Client',
  timer: 'participant timer as Timer',
  'outside-world': 'participant outside as Outside world',
};
const outsiderId: Readonly<Record<Trigger, string>> = { http: 'http', timer: 'timer', 'outside-world': 'outside' };

/**
 * A mermaid sequence diagram of everything one opening step can lead to. Topics that lead to different ends exclude
 * each other and are drawn as alternatives; topics that lead to the same ends are published together.
 */
export function renderSequence(saga: Saga, opening: Step): string {
  if (!isOpening(opening)) throw new Error(`${opening.by} / ${opening.does} opens nothing: an event leads to it`);
  const trigger = opening.on as Trigger;
  const told = stepsToldFrom(saga, opening);
  const participants = servicesOf([{ ...saga, steps: told }]).map(participant);
  const story = [`${outsiderId[trigger]}->>${idOf(opening.by)}: ${opening.does}`, ...after(saga, opening, new Set())];
  return `${['sequenceDiagram', ...[outsiders[trigger], ...participants, ...story].map((line) => `  ${line}`)].join('\n')}\n`;
}

/** One diagram per opening step, in the order of the table. */
export const openingsOf = (saga: Saga): Step[] => saga.steps.filter(isOpening);

function stepsToldFrom(saga: Saga, opening: Step): Step[] {
  const told = [opening];
  for (const step of told) {
    for (const topic of step.emits) told.push(...stepsHearing(saga, topic).filter((heard) => !told.includes(heard)));
  }
  return told;
}

function after(saga: Saga, step: Step, told: ReadonlySet<string>): string[] {
  const alternatives = alternativesOf(saga, step);
  if (alternatives.length < 2) return step.emits.flatMap((topic) => publication(saga, step, topic, told));
  const branches = alternatives.flatMap((topics, index) => [
    `${index === 0 ? 'alt' : 'else'} ${topics.map((topic) => topic.name).join(' and ')}`,
    ...topics.flatMap((topic) => publication(saga, step, topic, told)).map((line) => `  ${line}`),
  ]);
  return [...branches, 'end'];
}

function publication(saga: Saga, step: Step, topic: Topic, told: ReadonlySet<string>): string[] {
  const heard = stepsHearing(saga, topic);
  if (heard.length === 0) return [`Note over ${idOf(step.by)}: publishes ${topic.name}`];
  return heard.flatMap((reaction) => {
    const arrow = `${idOf(step.by)}-)${idOf(reaction.by)}: ${topic.name}`;
    const name = `${reaction.by}/${reaction.does}/${topic.name}`;
    if (told.has(name)) return [arrow, `Note over ${idOf(reaction.by)}: ${reaction.does}, as above`];
    return [arrow, `Note over ${idOf(reaction.by)}: ${describe(saga, reaction)}`, ...after(saga, reaction, new Set([...told, name]))];
  });
}

function describe(saga: Saga, step: Step): string {
  const marks = [
    ...(step.pivot ? ['pivot'] : []),
    ...(saga.ends.includes(step.does) ? ['end'] : []),
    ...(step.awaits ? [`goes on with ${step.awaits}`] : []),
  ];
  return marks.length > 0 ? `${step.does} (${marks.join(', ')})` : step.does;
}

function alternativesOf(saga: Saga, step: Step): Topic[][] {
  const byEnds = new Map<string, Topic[]>();
  for (const topic of step.emits) {
    const ends = endsReachedFrom(saga, topic).join(' ') || topic.name;
    byEnds.set(ends, [...(byEnds.get(ends) ?? []), topic]);
  }
  return [...byEnds.values()];
}

/** Mermaid reads a hyphen as part of an arrow. */
const idOf = (service: string): string => service.replaceAll('-', '_');
const participant = (service: string): string =>
  idOf(service) === service ? `participant ${service}` : `participant ${idOf(service)} as ${service}`;
