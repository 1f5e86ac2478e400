import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { workspaceRoot } from './workspace.js';

const run = promisify(execFile);

interface Violation {
  readonly rule: { readonly name: string };
  readonly from: string;
}

/** A project like ours, with one mistake of each kind; the rules are the project's own. */
const files: Readonly<Record<string, string>> = {
  'tsconfig.json': '{ "compilerOptions": { "module": "nodenext", "moduleResolution": "nodenext" } }',
  'node_modules/typeorm/package.json': '{ "name": "typeorm", "version": "1.0.0", "main": "index.js" }',
  'node_modules/typeorm/index.js': 'export const typeorm = 1;',
  'apps/wallet/src/accounts/open-account/open-account.ts': "import { account } from '../account.js';\nexport const open = account;",
  'apps/wallet/src/accounts/close-account/close-account.ts':
    "import { open } from '../open-account/open-account.js';\nexport const close = open;",
  'apps/wallet/src/ledger/post-transfer/post-transfer.ts':
    "import { open } from '../../accounts/open-account/open-account.js';\nexport const post = open;",
  'apps/wallet/src/accounts/account.ts': "import { typeorm } from 'typeorm';\nexport const account = typeorm;",
  'apps/wallet/src/accounts/account-view.ts': "import { typeorm } from 'typeorm';\nexport const view = typeorm;",
  'apps/wallet/src/accounts/account.table.ts': "import { typeorm } from 'typeorm';\nexport const table = typeorm;",
  'apps/wallet/src/accounts/account.lifecycle.ts':
    "import { thing } from '../../../../libs/postgres/src/thing.js';\nexport const lifecycle = thing;",
  'libs/postgres/src/thing.ts': "import { other } from './other.js';\nexport const thing = () => other;",
  'libs/postgres/src/other.ts': "import { thing } from './thing.js';\nexport const other = () => thing;",
  'libs/postgres/src/dead.ts': 'export const dead = 1;',
  'libs/postgres/src/lost.ts': "import { gone } from './gone.js';\nexport const lost = gone;",
  'libs/postgres/src/fixture.spec.ts': 'export const fixture = 1;',
  'libs/postgres/src/leaning.ts': "import { fixture } from './fixture.spec.js';\nexport const leaning = fixture;",
};

describe('the boundaries between slices', () => {
  const folder = mkdtempSync(join(tmpdir(), 'falconpay-boundaries-'));
  let found: string[] = [];

  beforeAll(async () => {
    for (const [path, content] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), content);
    }
    const program = `${workspaceRoot}node_modules/dependency-cruiser/bin/dependency-cruise.mjs`;
    const parameters = [program, 'apps', 'libs', '--config', `${workspaceRoot}.dependency-cruiser.cjs`, '--output-type', 'json'];
    const { stdout } = await run(process.execPath, parameters, { cwd: folder }).catch((error: { stdout: string }) => error);
    const { summary } = JSON.parse(stdout) as { summary: { violations: Violation[] } };
    found = summary.violations.map(({ rule, from }) => `${rule.name}: ${from}`);
  });

  afterAll(() => rmSync(folder, { recursive: true }));

  it.each([
    ['a slice that imports a sibling', 'no-sibling-slices: apps/wallet/src/accounts/close-account/close-account.ts'],
    ["a slice that imports another aggregate's", 'no-slices-of-other-aggregates: apps/wallet/src/ledger/post-transfer/post-transfer.ts'],
    ['an aggregate that imports a framework', 'pure-aggregates: apps/wallet/src/accounts/account.ts'],
    ['a lifecycle that imports a platform library', 'pure-aggregates: apps/wallet/src/accounts/account.lifecycle.ts'],
    ['a framework beside an aggregate', 'no-framework-beside-aggregates: apps/wallet/src/accounts/account-view.ts'],
    ['a cycle', 'no-cycles: libs/postgres/src/other.ts'],
    ['a file nobody needs', 'no-orphans: libs/postgres/src/dead.ts'],
    ['an import of nothing', 'resolvable: libs/postgres/src/lost.ts'],
    ['a source that leans on a spec', 'no-specs-in-sources: libs/postgres/src/leaning.ts'],
  ])('refuse %s', (_, violation) => {
    expect(found).toContain(violation);
  });

  it('let a table know its framework, and a slice its aggregate', () => {
    expect(found.filter((violation) => /account\.table\.ts|open-account\.ts$/.test(violation))).toEqual([]);
  });
});
