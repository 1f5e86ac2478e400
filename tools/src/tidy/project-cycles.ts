import type { Workspace } from './workspace-in-view.js';

/**
 * Cycles between projects. Nx finds them too, but counts specs, and the libraries' specs import testing, which imports
 * the libraries: so sources are looked at here alone.
 */
export function projectCycles({ paths, read, projects }: Workspace): string[] {
  const imports = new Map<string, Set<string>>(projects.map(({ name }) => [name, new Set()]));
  for (const { name, folder } of projects) {
    const sources = paths.filter((path) => path.startsWith(`${folder}/src/`) && path.endsWith('.ts') && !/\.(spec|e2e)\.ts$/.test(path));
    for (const source of sources) {
      for (const [, other = ''] of read(source).matchAll(/from '(@falconpay\/[a-z-]+)\//g))
        if (other !== name) imports.get(name)?.add(other);
    }
  }
  return [...imports.keys()].flatMap((name) => {
    const way = wayBack(name, imports);
    return way && way.every((step) => name <= step) ? [`projects import each other: ${[...way, name].join(' → ')}`] : [];
  });
}

/** The shortest way from a project back to itself. */
function wayBack(start: string, imports: ReadonlyMap<string, ReadonlySet<string>>): string[] | undefined {
  const seen = new Set<string>();
  const open = [[start]];
  for (const way of open) {
    for (const next of imports.get(way.at(-1) ?? '') ?? []) {
      if (next === start) return way;
      if (!seen.has(next)) open.push([...way, next]);
      seen.add(next);
    }
  }
  return undefined;
}
