import { rules, tidy, wholeWorkspace } from './tidy.js';
import type { Workspace } from './workspace-in-view.js';
import type { Project } from '../workspace.js';

const workspaceOf = (files: Readonly<Record<string, string>>, projects: readonly Project[] = []): Workspace => ({
  paths: Object.keys(files),
  read: (path) => files[path] ?? '',
  projects,
});
const library = (name: string, tags: readonly string[] = ['type:platform']): Project => ({
  name: `@falconpay/${name}`,
  folder: `libs/${name}`,
  tags,
});
const lines = (count: number) => 'line\n'.repeat(count);
const todo = ['TO', 'DO'].join('');
const only = ['it', 'only'].join('.');

describe('tidy', () => {
  it.each<[string, string, Workspace, string]>([
    ['a new entry in the root', 'root', workspaceOf({ 'notes.txt': '' }), 'notes.txt does not belong in the root of the project'],
    ['a long file', 'lines', workspaceOf({ 'libs/a/src/a.ts': lines(401) }), 'libs/a/src/a.ts has 401 lines; 400 are enough for one thing'],
    [
      'a file name that says nothing',
      'names',
      workspaceOf({ 'libs/a/src/money-utils.ts': '' }),
      '"utils" fits everything and so says nothing',
    ],
    [
      'a folder name that says nothing',
      'names',
      workspaceOf({ 'libs/common/src/money.ts': '' }),
      '"common" fits everything and so says nothing',
    ],
    [
      'a library that promises nothing',
      'readmes',
      workspaceOf({ 'libs/a/src/a.ts': '' }, [library('a')]),
      'libs/a has no README.md that states what it guarantees',
    ],
    [
      'a package without a type',
      'tags',
      workspaceOf({}, [library('a', ['scope:x'])]),
      '@falconpay/a has 0 type: tags; boundaries need exactly one',
    ],
    ['a package of two types', 'tags', workspaceOf({}, [library('a', ['type:pure', 'type:platform'])]), '@falconpay/a has 2 type: tags'],
    [
      'work left in a comment',
      'leftovers',
      workspaceOf({ 'libs/a/src/a.ts': `x\n// ${todo}: later` }),
      'libs/a/src/a.ts:2 leaves work in a comment',
    ],
    [
      'a test that silences the others',
      'silencedTests',
      workspaceOf({ 'libs/a/src/a.spec.ts': `${only}('x')` }),
      'runs only some of its tests',
    ],
    [
      'a decision longer than a page',
      'decisions',
      workspaceOf({ 'docs/decisions/0001-a.md': lines(81) }),
      'is longer than a page (80 lines)',
    ],
    [
      'a registry in the lock file',
      'lockFile',
      workspaceOf({ 'package-lock.json': '"resolved": "https://example.org/a.tgz"' }),
      'package-lock.json names a registry',
    ],
    [
      'projects that import each other',
      'projectCycles',
      workspaceOf(
        {
          'libs/a/src/a.ts': "import { b } from '@falconpay/b/b';",
          'libs/b/src/b.ts': "import { c } from '@falconpay/c/c';",
          'libs/c/src/c.ts': "import { a } from '@falconpay/a/a';",
        },
        [library('a'), library('b'), library('c')],
      ),
      'projects import each other: @falconpay/a → @falconpay/b → @falconpay/c → @falconpay/a',
    ],
  ])('names %s', (_, rule, workspace, fault) => {
    const faults = rules[rule]?.(workspace) ?? [];
    expect(faults).toHaveLength(1);
    expect(faults[0]).toContain(fault);
  });

  it('lets migrations be long, specs import what sources may not, and words contain a banned one', () => {
    const workspace = workspaceOf(
      {
        'apps/wallet/src/migrations/1-all.ts': lines(900),
        'libs/a/src/database.ts': "import { b } from '@falconpay/b/b';",
        'libs/a/README.md': '',
        'libs/b/src/b.spec.ts': "import { a } from '@falconpay/a/database';",
        'libs/b/README.md': '',
      },
      [library('a'), library('b')],
    );
    expect(tidy(workspace)).toEqual([]);
  });

  it('looks at the files of the project itself', () => {
    const { paths, projects } = wholeWorkspace();
    expect(paths).toContain('tools/src/tidy/tidy.ts');
    expect(paths.filter((path) => path.includes('node_modules/'))).toEqual([]);
    expect(projects.map(({ folder }) => folder)).toContain('libs/contracts');
  });
});
