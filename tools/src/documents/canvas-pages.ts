import { reactionsTo, topicsHeardBy } from '@falconpay/choreography/participants';
import type { Saga, Step } from '@falconpay/choreography/saga';
import type { Topic } from '@falconpay/choreography/topic';
import { consumerGroup, deadLetterTopic, type Service } from '@falconpay/contracts/choreography';
import { code, generatedNotice, link, mermaid, page, table } from '../markdown.js';
import type { UseCaseFolder } from '../use-case-folders.js';
import { fileExists, filesBelow, readText, type Project } from '../workspace.js';
import { lifecyclesOf } from './lifecycles.js';
import { importedSources, routesIn, tablesIn } from './source-facts.js';

interface Choreography {
  readonly sagas: readonly Saga[];
  readonly topics: readonly Topic[];
}

/** apps/<service>/CANVAS.md: everything a service owns, says and hears, on one page. */
export async function canvasPage(
  project: Project,
  choreography: Choreography,
  folders: readonly UseCaseFolder[],
): Promise<[string, string]> {
  const service = project.folder.replace(/^apps\//, '');
  const sources = filesBelow(`${project.folder}/src`).filter((path) => path.endsWith('.ts') && !path.endsWith('.spec.ts'));
  const content = page(
    generatedNotice,
    `# ${service}`,
    ...routesSection(project, sources),
    ...useCasesSection(service, choreography.sagas, folders),
    ...eventsSection(service, choreography),
    ...tablesSection(sources),
    ...(await lifecyclesSection(sources)),
  );
  return [`${project.folder}/CANVAS.md`, content];
}

function routesSection(project: Project, sources: readonly string[]): string[] {
  const routes = sources.flatMap((path) => routesIn(path, readText(path)));
  const rows = routes
    .sort((one, other) => (`${one.path} ${one.method}` < `${other.path} ${other.method}` ? -1 : 1))
    .map(({ method, path, file }) => [code(`${method} ${path}`), link(lastPart(file), `./${file.slice(project.folder.length + 1)}`)]);
  return rows.length === 0 ? [] : ['## HTTP', table(['endpoint', 'file'], rows)];
}

function useCasesSection(service: string, sagas: readonly Saga[], folders: readonly UseCaseFolder[]): string[] {
  const rows = folders
    .filter((folder) => folder.service === service)
    .map((slice) => [
      link(slice.useCase, `./src/${slice.aggregate}/${slice.useCase}/`),
      slice.aggregate,
      wokenBy(
        slice,
        sagas.flatMap((saga) => saga.steps),
      ),
    ]);
  return rows.length === 0 ? [] : ['## Use cases and queries', table(['folder', 'of', 'woken by'], rows)];
}

function wokenBy(slice: UseCaseFolder, steps: readonly Step[]): string {
  const fromSagas = steps
    .filter((step) => step.by === slice.service && step.does === slice.useCase)
    .map((step) => (typeof step.on === 'string' ? step.on : step.on.name));
  const fromFiles = [...new Set(slice.files.flatMap((file) => /\.(http|timer|schedule)\.ts$/.exec(file)?.[1] ?? []))];
  return [...new Set([...fromSagas, ...fromFiles])].join(', ');
}

function eventsSection(service: string, { sagas, topics }: Choreography): string[] {
  const group = consumerGroup(service as Service);
  const eventLink = (name: string) => link(name, `../../docs/events/${name}.md`);
  const published = topics.filter(({ publisher }) => publisher === service).map(({ name, about }) => [eventLink(name), about]);
  const heard = topicsHeardBy(sagas, service).map((name) => [
    eventLink(name),
    reactionsTo(sagas, service, name).join(', '),
    code(deadLetterTopic(name, group)),
  ]);
  return [
    ...(published.length === 0 ? [] : ['## Publishes', table(['event', 'means'], published)]),
    ...(heard.length === 0
      ? []
      : ['## Hears', `As consumer group ${code(group)}.`, table(['event', 'reacts with', 'dead letters'], heard)]),
  ];
}

/** Tables of the service's own migrations, and of the libraries these call on. */
function tablesSection(sources: readonly string[]): string[] {
  const migrations = sources.filter((path) => path.includes('/migrations/')).map((path) => readText(path));
  const own = migrations.flatMap(tablesIn).map((name) => [code(name), '']);
  const libraries = [...new Set(migrations.flatMap(importedSources))].filter((path) => fileExists(path));
  const borrowed = libraries.flatMap((path) => tablesIn(readText(path)).map((name) => [code(name), code(path)]));
  const rows = [...own, ...borrowed];
  return rows.length === 0 ? [] : ['## Tables', table(['table', 'kept by'], rows)];
}

async function lifecyclesSection(sources: readonly string[]): Promise<string[]> {
  const lifecycles = await lifecyclesOf(sources);
  if (lifecycles.length === 0) return [];
  return [
    '## Lifecycles',
    'Every cell is decided: a next state, *duplicate* (answered as the first time), *stale* (overtaken) or **impossible** (a dead letter and an alert).',
    ...lifecycles.flatMap(({ name, diagram, cells }) => [`### ${name}`, mermaid(diagram), cells.trimEnd()]),
  ];
}

const lastPart = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
