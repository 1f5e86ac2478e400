import { filesBelow, services } from './workspace.js';
import type { Saga } from '@falconpay/choreography/saga';

export interface UseCaseFolder {
  readonly service: string;
  readonly aggregate: string;
  readonly useCase: string;
  /** From the root of the project, without a slash at the end. */
  readonly folder: string;
  readonly files: readonly string[];
}

/** Slices are apps/<service>/src/<aggregate>/<verb-noun>/, with a file of the same name: the use case or query. */
export function useCaseFoldersIn(paths: readonly string[]): UseCaseFolder[] {
  const found = new Map<string, UseCaseFolder>();
  for (const path of paths) {
    const match = /^(apps\/([^/]+)\/src\/([^/]+)\/([^/]+))\/([^/]+)\.ts$/.exec(path);
    if (!match) continue;
    const [, folder = '', service = '', aggregate = '', useCase = '', file = ''] = match;
    const known = found.get(folder);
    found.set(folder, { service, aggregate, useCase, folder, files: [...(known?.files ?? []), `${file}.ts`] });
  }
  return [...found.values()];
}

export const useCaseFolders = (): UseCaseFolder[] => useCaseFoldersIn(services().flatMap(({ folder }) => filesBelow(`${folder}/src`)));

/** Steps of a saga without the folder that should hold them. A service without any source file has not been begun. */
export function stepsWithoutFolder(sagas: readonly Saga[], paths: readonly string[]): string[] {
  const folders = useCaseFoldersIn(paths);
  const isBegun = (service: string) => paths.some((path) => path.startsWith(`apps/${service}/src/`));
  return sagas.flatMap((saga) =>
    saga.steps
      .filter((step) => isBegun(step.by) && !folders.some(({ service, useCase }) => service === step.by && useCase === step.does))
      .map((step) => `${saga.name}: no folder apps/${step.by}/src/*/${step.does}/ for the step ${step.does}`),
  );
}
