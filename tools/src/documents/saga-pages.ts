import { renderFlow } from '@falconpay/choreography/render-flow';
import { openingsOf, renderSequence } from '@falconpay/choreography/render-sequence';
import { servicesOf } from '@falconpay/choreography/participants';
import type { Saga, Step } from '@falconpay/choreography/saga';
import type { Topic } from '@falconpay/choreography/topic';
import { code, generatedNotice, link, mermaid, page, table } from '../markdown.js';
import type { UseCaseFolder } from '../use-case-folders.js';
import { heardBy } from './event-pages.js';

/** docs/choreography: what the services say to each other, and one page per saga. */
export function sagaPages(sagas: readonly Saga[], topics: readonly Topic[], folders: readonly UseCaseFolder[]): Map<string, string> {
  const pages = new Map([['docs/choreography/README.md', overview(sagas, topics)]]);
  for (const saga of sagas) pages.set(`docs/choreography/${saga.name}.md`, sagaPage(saga, folders));
  return pages;
}

function overview(sagas: readonly Saga[], topics: readonly Topic[]): string {
  const rows = sagas.map((saga) => [
    link(saga.name, `${saga.name}.md`),
    saga.about,
    servicesOf([saga]).join(', '),
    saga.ends.map(code).join(', '),
  ]);
  const events = topics.map((topic) => [eventLink(topic), topic.publisher, heardBy(sagas, topic), topic.about]);
  return page(
    generatedNotice,
    '# Choreography',
    'Services react to events; nobody commands. Each saga is a typed table in `libs/contracts/src/sagas/`, from which these pages are made.',
    mermaid(renderFlow(sagas, topics)),
    '## Sagas',
    table(['saga', 'what happens', 'services', 'ends with'], rows),
    '## Events',
    table(['event', 'published by', 'heard by', 'means'], events),
  );
}

function sagaPage(saga: Saga, folders: readonly UseCaseFolder[]): string {
  const openings = openingsOf(saga);
  const diagrams = openings.flatMap((opening) => [`## From ${code(opening.does)}`, mermaid(renderSequence(saga, opening))]);
  return page(
    generatedNotice,
    `# ${saga.name}`,
    saga.about,
    ...diagrams,
    '## Steps',
    'The use case is also the name of the folder that holds it. After the pivot the saga only goes forward.',
    table(
      ['service', 'woken by', 'use case', 'publishes', ''],
      saga.steps.map((step) => stepRow(saga, step, folders)),
    ),
    '## Ends',
    saga.ends.map((end) => `- ${code(end)}`).join('\n'),
    `The table: ${link(`${saga.name}.saga.ts`, `../../libs/contracts/src/sagas/${saga.name}.saga.ts`)}`,
  );
}

function stepRow(saga: Saga, step: Step, folders: readonly UseCaseFolder[]): string[] {
  const folder = folders.find(({ service, useCase }) => service === step.by && useCase === step.does)?.folder;
  const remarks = [
    ...(step.pivot ? ['pivot'] : []),
    ...(step.undoneBy ? [`undone by ${code(step.undoneBy)}`] : []),
    ...(saga.ends.includes(step.does) ? ['end'] : []),
  ];
  return [
    step.by,
    typeof step.on === 'string' ? step.on : eventLink(step.on),
    folder ? link(step.does, `../../${folder}/`) : step.does,
    step.emits.map(eventLink).join(', '),
    remarks.join(', '),
  ];
}

const eventLink = (topic: Topic): string => link(topic.name, `../events/${topic.name}.md`);
