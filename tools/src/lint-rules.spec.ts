import { runProgram } from './checks/run-program.js';

interface Snippet {
  readonly file: string;
  readonly text: string;
}

/** Lints with the project's own configuration, in a process of its own: eslint loads its configuration as Jest cannot. */
const lintSnippets = `
  import { ESLint } from 'eslint';
  import { text } from 'node:stream/consumers';
  import tseslint from 'typescript-eslint';
  const untyped = { ...tseslint.configs.disableTypeChecked, files: ['**/*.ts'] };
  untyped.languageOptions = { parserOptions: { projectService: false, project: null } };
  const linters = { typed: new ESLint(), untyped: new ESLint({ overrideConfig: untyped }) };
  const answers = [];
  for (const { file, text: source, typed } of JSON.parse(await text(process.stdin))) {
    const [report] = await linters[typed ? 'typed' : 'untyped'].lintText(source, { filePath: file });
    answers.push(report.messages.map(({ ruleId, message }) => ruleId ?? message));
  }
  console.log(JSON.stringify(answers));
`;

const aggregate = 'apps/wallet/src/accounts/account.ts';
const useCase = 'apps/wallet/src/ledger/post-transfer/post-transfer.ts';
const route = 'apps/wallet/src/ledger/post-transfer/post-transfer.http.ts';
const pure = 'libs/lifecycle/src/snippet.ts';
const platform = 'libs/inbox/src/snippet.ts';
const tool = 'tools/src/check.ts';

const refused: readonly (readonly [what: string, rule: string, snippet: Snippet])[] = [
  ['parseFloat', 'falconpay/no-float-money', { file: useCase, text: 'export const a = (text: string) => parseFloat(text);' }],
  ['Number.parseFloat', 'falconpay/no-float-money', { file: useCase, text: 'export const a = (text: string) => Number.parseFloat(text);' }],
  ['toFixed', 'falconpay/no-float-money', { file: useCase, text: 'export const a = (n: number) => n.toFixed(2);' }],
  ['Number() of an amount', 'falconpay/no-float-money', { file: route, text: 'export const a = (amount: bigint) => Number(amount);' }],
  [
    'Number() of a balance',
    'falconpay/no-float-money',
    { file: platform, text: 'export const a = (row: { balance: bigint }) => Number(row.balance);' },
  ],
  ['unary plus on an amount', 'falconpay/no-float-money', { file: aggregate, text: 'export const a = (amount: string) => +amount;' }],
  ['Date.now() in a use case', 'falconpay/no-ambient-input', { file: useCase, text: 'export const a = () => Date.now();' }],
  ['new Date() in an aggregate', 'falconpay/no-ambient-input', { file: aggregate, text: 'export const a = () => new Date();' }],
  ['Math.random in a pure library', 'falconpay/no-ambient-input', { file: pure, text: 'export const a = () => Math.random();' }],
  ['a random id in a use case', 'falconpay/no-ambient-input', { file: useCase, text: 'export const a = () => crypto.randomUUID();' }],
  ['the environment in a use case', 'falconpay/no-ambient-input', { file: useCase, text: "export const a = process.env['A'];" }],
  [
    'a value in the text of a statement',
    'falconpay/no-sql-values',
    { file: platform, text: 'export const a = (db: any, id: string) => db.query(`select 1 from t where id = ${id}`);' },
  ],
  [
    'a value in a named statement',
    'falconpay/no-sql-values',
    { file: platform, text: "export const a = (id: string) => ({ name: 'x', text: `delete from t where id = '${id}'` });" },
  ],
  [
    'a value appended to a statement',
    'falconpay/no-sql-values',
    { file: platform, text: "export const a = (db: any, id: string) => db.query('select 1 from t where id = ' + id);" },
  ],
  ['export *', 'falconpay/no-barrel', { file: platform, text: "export * from './inbox.js';" }],
  ['index.ts', 'falconpay/no-barrel', { file: 'libs/inbox/src/index.ts', text: 'export const a = 1;' }],
  [
    'kafkajs in a service',
    'falconpay/no-stray-kafkajs',
    { file: route, text: "import { Kafka } from 'kafkajs';\nexport const a = Kafka;" },
  ],
  ['kafkajs in another library', 'falconpay/no-stray-kafkajs', { file: platform, text: "export const a = import('kafkajs');" }],
  ['any', '@typescript-eslint/no-explicit-any', { file: platform, text: 'export const a = (b: any): void => b;' }],
  [
    'an import of a type that looks like one of a value',
    '@typescript-eslint/consistent-type-imports',
    { file: platform, text: "import { Topic } from '@falconpay/choreography/topic';\nexport const a: Topic | undefined = undefined;" },
  ],
  ['401 lines', 'max-lines', { file: platform, text: 'export {};\n'.repeat(401) }],
  [
    'a pure library that imports a platform one',
    '@nx/enforce-module-boundaries',
    { file: pure, text: "import { read } from '@falconpay/postgres/transaction';\nexport const a = read;" },
  ],
  [
    'a pure library that imports a package',
    '@nx/enforce-module-boundaries',
    { file: pure, text: "import pg from 'pg';\nexport const a = pg;" },
  ],
  [
    'a platform library that knows the contracts',
    '@nx/enforce-module-boundaries',
    { file: platform, text: "import { topics } from '@falconpay/contracts/choreography';\nexport const a = topics;" },
  ],
  [
    'a service that imports another',
    '@nx/enforce-module-boundaries',
    { file: aggregate, text: "import { subscriptions } from '@falconpay/payment/subscriptions';\nexport const a = subscriptions;" },
  ],
  [
    'a test of the whole that imports a service',
    '@nx/enforce-module-boundaries',
    {
      file: 'e2e/src/snippet.ts',
      text: "import { subscriptions } from '@falconpay/payment/subscriptions';\nexport const a = subscriptions;",
    },
  ],
  [
    'testing in a source',
    '@nx/enforce-module-boundaries',
    { file: platform, text: "import { a } from '@falconpay/testing/infrastructure';\nexport const b = a;" },
  ],
];

const accepted: readonly (readonly [what: string, snippet: Snippet])[] = [
  ['a time that was given', { file: useCase, text: 'export const a = (at: string) => new Date(at);' }],
  ['the clock at the edge', { file: route, text: 'export const a = () => Date.now();' }],
  ['Number() of a count', { file: route, text: 'export const a = (text: string) => Number(text);' }],
  [
    'a table name and parameters in a statement',
    { file: platform, text: 'export const a = (table: string) => ({ name: table, text: `select 1 from ${table} where id = $1` });' },
  ],
  [
    'kafkajs where Kafka is spoken',
    { file: 'libs/kafka/src/snippet.ts', text: "import { Kafka } from 'kafkajs';\nexport const a = Kafka;" },
  ],
  [
    'testing in a spec',
    { file: 'libs/inbox/src/snippet.spec.ts', text: "import { a } from '@falconpay/testing/infrastructure';\nexport const b = a;" },
  ],
];

const typed: readonly (readonly [what: string, rule: string, snippet: Snippet])[] = [
  ['a promise nobody waits for', '@typescript-eslint/no-floating-promises', { file: tool, text: 'Promise.resolve();' }],
  [
    'a promise where a truth is asked for',
    '@typescript-eslint/no-misused-promises',
    { file: tool, text: 'if (Promise.resolve()) process.exit();' },
  ],
];

describe('the lint rules', () => {
  let found: string[][] = [];

  beforeAll(async () => {
    const snippets = [
      ...refused.map(([, , snippet]) => ({ ...snippet, typed: false })),
      ...accepted.map(([, snippet]) => ({ ...snippet, typed: false })),
      ...typed.map(([, , snippet]) => ({ ...snippet, typed: true })),
    ];
    const result = await runProgram(process.execPath, ['--input-type=module', '-e', lintSnippets], JSON.stringify(snippets));
    if (result.exitCode !== 0) throw new Error(result.stderr);
    found = JSON.parse(result.stdout.slice(result.stdout.indexOf('[['))) as string[][];
  });

  it.each(refused.map(([what, rule], index) => ({ what, rule, index })))('refuse $what', ({ rule, index }) => {
    expect(found[index]).toContain(rule);
  });

  it.each(accepted.map(([what], index) => ({ what, index })))('accept $what', ({ index }) => {
    expect(found[refused.length + index]).toEqual([]);
  });

  it.each(typed.map(([what, rule], index) => ({ what, rule, index })))('refuse $what', ({ rule, index }) => {
    expect(found[refused.length + accepted.length + index]).toContain(rule);
  });
});
