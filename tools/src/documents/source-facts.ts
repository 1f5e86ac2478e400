/** What a service's sources say about it, read as text: nothing has to be started for a canvas. */

export interface Route {
  readonly method: string;
  readonly path: string;
  readonly file: string;
}

/** Routes of controllers: `@Controller('v1/transfers')` with `@Post(':id/refunds')`, several controllers to a file allowed. */
export function routesIn(file: string, source: string): Route[] {
  const decorator = /@(Controller|Get|Post|Put|Patch|Delete)\(\s*(?:'([^']*)'|"([^"]*)"|`([^`]*)`)?[^)]*\)/g;
  const routes: Route[] = [];
  let prefix = '';
  for (const [, name = '', single, double, backtick] of source.matchAll(decorator)) {
    const path = single ?? double ?? backtick ?? '';
    if (name === 'Controller') prefix = path;
    else routes.push({ method: name.toUpperCase(), path: joined(prefix, path), file });
  }
  return routes;
}

const joined = (...parts: string[]): string =>
  `/${parts
    .flatMap((part) => part.split('/'))
    .filter((part) => part !== '')
    .join('/')}`.replace(/:([A-Za-z_]+)/g, '{$1}');

/** Tables that a migration creates; partitions belong to their table. */
export const tablesIn = (source: string): string[] =>
  [...source.matchAll(/create\s+table\s+(?:if\s+not\s+exists\s+)?([a-z_]+)\b(?!\s+partition\s+of)/gi)].map(([, name = '']) => name);

/** Packages of ours that a file imports, as the path of the source file that is meant. */
export const importedSources = (source: string): string[] =>
  [...source.matchAll(/from '@falconpay\/([a-z-]+)\/([^']+)'/g)].map(([, library = '', file = '']) => `libs/${library}/src/${file}.ts`);
