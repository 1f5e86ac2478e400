import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The project's folder; this file stands in tools/src/ or, compiled, in tools/dist/. */
export const workspaceRoot = fileURLToPath(new URL('../../', import.meta.url));

const leftOut = new Set(['node_modules', 'dist', 'coverage', '.git', '.nx']);

/** Every file below a folder, as paths from the root of the project, in a fixed order. */
export function filesBelow(folder: string, root = workspaceRoot): string[] {
  const absolute = join(root, folder);
  if (!existsSync(absolute)) return [];
  return readdirSync(absolute, { withFileTypes: true })
    .sort((one, other) => (one.name < other.name ? -1 : 1))
    .flatMap((entry) => {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (!entry.isDirectory()) return [path];
      return leftOut.has(entry.name) || entry.name.startsWith('.falconpay') ? [] : filesBelow(path, root);
    });
}

export const readText = (path: string, root = workspaceRoot): string => readFileSync(join(root, path), 'utf8');
export const readJson = <Shape>(path: string, root = workspaceRoot): Shape => JSON.parse(readText(path, root)) as Shape;
export const fileExists = (path: string, root = workspaceRoot): boolean => existsSync(join(root, path));

export interface Project {
  readonly name: string;
  /** From the root of the project, without a slash at the end. */
  readonly folder: string;
  readonly tags: readonly string[];
}

interface Manifest {
  readonly name: string;
  readonly workspaces?: readonly string[];
  readonly nx?: { readonly tags?: readonly string[] };
}

export function projects(root = workspaceRoot): Project[] {
  const patterns = readJson<Manifest>('package.json', root).workspaces ?? [];
  const folders = patterns.flatMap((pattern) => {
    if (!pattern.endsWith('/*')) return [pattern];
    const parent = pattern.slice(0, -2);
    return readdirSync(join(root, parent))
      .sort()
      .map((name) => `${parent}/${name}`);
  });
  return folders
    .filter((folder) => fileExists(`${folder}/package.json`, root))
    .map((folder) => {
      const { name, nx } = readJson<Manifest>(`${folder}/package.json`, root);
      return { name, folder, tags: nx?.tags ?? [] };
    });
}

export const services = (): Project[] => projects().filter((project) => project.tags.includes('type:service'));

/** Imports the compiled form of a source file. */
export async function importBuilt(source: string): Promise<Record<string, unknown>> {
  const built = source.replace('/src/', '/dist/').replace(/\.ts$/, '.js');
  if (!fileExists(built)) throw new Error(`${source} is not compiled: run npm run build first`);
  return (await import(new URL(built, `file://${workspaceRoot}`).href)) as Record<string, unknown>;
}
