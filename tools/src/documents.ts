import { sagas, topics } from '@falconpay/contracts/choreography';
import { asyncApi } from './documents/asyncapi.js';
import { canvasPage } from './documents/canvas-pages.js';
import { configurationPage } from './documents/configuration-page.js';
import { eventPages } from './documents/event-pages.js';
import { sagaPages } from './documents/saga-pages.js';
import type { GeneratedFiles } from './generated-files.js';
import { useCaseFolders } from './use-case-folders.js';
import { readJson, services } from './workspace.js';

/** Every generated file, made from the contracts and the services' sources. The same input gives the same bytes. */
export async function documents(): Promise<GeneratedFiles> {
  const folders = useCaseFolders();
  const { version } = readJson<{ version: string }>('package.json');
  const canvases = await Promise.all(services().map((service) => canvasPage(service, { sagas, topics }, folders)));
  return new Map([
    ...sagaPages(sagas, topics, folders),
    ...eventPages(sagas, topics),
    ...asyncApi(sagas, topics, version),
    ...canvases,
    await configurationPage(services()),
  ]);
}
