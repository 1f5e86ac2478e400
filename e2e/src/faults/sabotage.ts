import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { REPOSITORY } from '@falconpay/local/services';

export interface Edit {
  /** A compiled file, from the repository's root. */
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

/** A program with one guarantee taken out of it. */
export interface Twin {
  readonly name: string;
  /** One, unless the guarantee is held in two places. */
  readonly edits: readonly Edit[];
}

/** The compiled services and their libraries in a folder of their own, sabotaged there: the repository stays as it is. */
export function copyOf(twin: Twin): { readonly root: string; remove(): void } {
  const root = mkdtempSync(join(process.env['FALCONPAY_TEST_FOLDER'] ?? tmpdir(), 'twin-'));
  const packages: [string, string][] = [];
  for (const folder of ['apps', 'libs']) {
    for (const name of readdirSync(join(REPOSITORY, folder))) {
      const from = join(REPOSITORY, folder, name);
      if (!existsSync(join(from, 'dist'))) continue;
      mkdirSync(join(root, folder, name), { recursive: true });
      cpSync(join(from, 'dist'), join(root, folder, name, 'dist'), { recursive: true });
      cpSync(join(from, 'package.json'), join(root, folder, name, 'package.json'));
      packages.push([name, join(root, folder, name)]);
    }
  }
  linkModules(root, packages);
  for (const edit of twin.edits) sabotage(root, edit);
  return { root, remove: () => rmSync(root, { recursive: true, force: true }) };
}

/** What others made comes from the repository's modules; what is ours comes from the copy. */
function linkModules(root: string, packages: readonly [string, string][]): void {
  const modules = join(root, 'node_modules');
  mkdirSync(join(modules, '@falconpay'), { recursive: true });
  for (const name of readdirSync(join(REPOSITORY, 'node_modules'))) {
    if (name.startsWith('.') || name === '@falconpay') continue;
    symlinkSync(realpathSync(join(REPOSITORY, 'node_modules', name)), join(modules, name));
  }
  for (const [name, folder] of packages) symlinkSync(folder, join(modules, '@falconpay', name));
}

export function sabotage(root: string, { file, from, to }: Edit): void {
  const path = join(root, file);
  const [before = '', after, ...more] = readFileSync(path, 'utf8').split(from);
  if (after === undefined || more.length > 0) {
    throw new Error(
      `${file} has ${JSON.stringify(from)} ${after === undefined ? 'nowhere' : 'more than once'}: the twin has to follow the code`,
    );
  }
  writeFileSync(path, before + to + after);
}
