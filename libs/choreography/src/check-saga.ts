import type { Saga, Step } from './saga.js';

/** Names each way in which a saga's table does not hang together; empty when it does. */
export function faultsOf(saga: Saga): string[] {
  return [
    ...unheardEvents(saga),
    ...reactionsToNothing(saga),
    ...awaitedByNobody(saga),
    ...missingUndo(saga),
    ...unknownEnds(saga),
    ...openPaths(saga),
  ];
}

const heardTopics = (saga: Saga): Set<string> => new Set(saga.steps.flatMap((step) => (typeof step.on === 'string' ? [] : [step.on.name])));
const describeStep = (step: Step): string => `${step.by} / ${step.does}`;

function unheardEvents(saga: Saga): string[] {
  const heard = heardTopics(saga);
  return saga.steps.flatMap((step) =>
    step.emits
      .filter((topic) => !heard.has(topic.name) && !topic.forOnlookers && !saga.ends.includes(step.does))
      .map((topic) => `${describeStep(step)} emits ${topic.name}, which nobody hears and which ends nothing`),
  );
}

/** What a saga waits for without an event must be able to wake one of its steps. */
function awaitedByNobody(saga: Saga): string[] {
  const openings = new Set(saga.steps.flatMap((step) => (typeof step.on === 'string' ? [step.on] : [])));
  return saga.steps.flatMap((step) =>
    step.awaits && !openings.has(step.awaits) ? [`${describeStep(step)} awaits ${step.awaits}, which wakes no step`] : [],
  );
}

function reactionsToNothing(saga: Saga): string[] {
  const emitted = new Set(saga.steps.flatMap((step) => step.emits.map((topic) => topic.name)));
  return saga.steps.flatMap((step) =>
    typeof step.on === 'string' || emitted.has(step.on.name) ? [] : [`${describeStep(step)} waits for ${step.on.name}, which nobody emits`],
  );
}

function missingUndo(saga: Saga): string[] {
  const pivot = saga.steps.findIndex((step) => step.pivot);
  if (pivot < 0) return ['no step is the pivot'];
  const names = new Set(saga.steps.map((step) => step.does));
  return saga.steps.flatMap((step) =>
    step.undoneBy && !names.has(step.undoneBy) ? [`${describeStep(step)} is undone by ${step.undoneBy}, which is no step`] : [],
  );
}

function unknownEnds(saga: Saga): string[] {
  const names = new Set(saga.steps.map((step) => step.does));
  return saga.ends.filter((end) => !names.has(end)).map((end) => `${end} is named as an end, but is no step`);
}

/** Every step that emits nothing must be an end, or await something else: otherwise a saga could stop there unseen. */
function openPaths(saga: Saga): string[] {
  return saga.steps
    .filter((step) => step.emits.length === 0 && !step.awaits && !saga.ends.includes(step.does))
    .map((step) => `${describeStep(step)} emits nothing and is no end: the saga would stop there unseen`);
}
