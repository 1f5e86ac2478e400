import { readdirSync, readFileSync } from 'node:fs';
import nx from '@nx/eslint-plugin';
import prettier from 'eslint-config-prettier';
import tseslint from 'typescript-eslint';
import falconpay from './tools/lint-rules/falconpay.mjs';

const projectNames = ['apps', 'libs']
  .flatMap((folder) => readdirSync(new URL(folder, import.meta.url)).map((name) => `${folder}/${name}`))
  .concat('e2e', 'bench', 'infra/local', 'tools')
  .map((folder) => JSON.parse(readFileSync(new URL(`${folder}/package.json`, import.meta.url), 'utf8')).name);

/** Which projects may import which, by the tag in each package.json. No tag may import a service. */
const mayImport = {
  pure: ['pure'],
  contracts: ['pure'],
  platform: ['pure', 'platform'],
  service: ['pure', 'contracts', 'platform'],
  testing: ['pure', 'contracts', 'platform', 'testing', 'blackbox'],
  blackbox: ['pure', 'contracts', 'platform', 'testing', 'blackbox'],
};
const bannedPackages = { pure: ['*'], contracts: ['@nestjs/*', 'typeorm', 'pg', 'kafkajs'] };

const boundaries = ({ specs }) => [
  'error',
  {
    depConstraints: Object.entries(mayImport).map(([kind, kinds]) => ({
      sourceTag: `type:${kind}`,
      onlyDependOnLibsWithTags: [...new Set(specs ? [...kinds, 'testing'] : kinds)].map((allowed) => `type:${allowed}`),
      ...(bannedPackages[kind] && !specs ? { bannedExternalImports: bannedPackages[kind] } : {}),
    })),
    // A platform library's specs import testing, which imports the library: a cycle for Nx, which does not tell specs from
    // sources. Cycles between sources are found by dependency-cruiser (files) and by tidy (projects).
    ignoredCircularDependencies: projectNames.flatMap((one) => projectNames.filter((other) => other !== one).map((other) => [one, other])),
    banTransitiveDependencies: true,
  },
];

const services = ['apps/payment', 'apps/wallet', 'apps/atm-gateway', 'apps/backoffice'];
const inServices = (pattern) => services.map((service) => `${service}/${pattern}`);
const specs = ['**/*.spec.ts', '**/*.e2e.ts'];

export default tseslint.config(
  { ignores: ['**/dist/**', '**/coverage/**', '.nx/**', '.falconpay*/**', 'docs/**'] },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.base, ...tseslint.configs.recommendedTypeChecked],
    plugins: { '@nx': nx, falconpay },
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      '@nx/enforce-module-boundaries': boundaries({ specs: false }),
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-unused-vars': 'off', // the compiler says it (noUnusedLocals, noUnusedParameters)
      '@typescript-eslint/require-await': 'off', // an implementation of an asynchronous port need not wait
      '@typescript-eslint/unbound-method': 'off', // does not tell a method from a function in an object
      '@typescript-eslint/no-base-to-string': 'off', // does not believe a narrowed unknown
      '@typescript-eslint/no-unsafe-enum-comparison': 'off', // drivers type numbers as enums
      '@typescript-eslint/no-unnecessary-type-assertion': 'off', // asks for type arguments where an assertion says more
      '@typescript-eslint/no-empty-object-type': ['error', { allowInterfaces: 'with-single-extends' }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      'falconpay/no-barrel': 'error',
      'falconpay/no-stray-kafkajs': 'error',
      'max-lines': ['error', 400],
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-console': 'error',
    },
  },
  {
    files: ['libs/*/src/**/*.ts', ...inServices('src/**/*.ts')],
    ignores: ['libs/testing/**', 'libs/invariants/**', ...specs],
    rules: { 'falconpay/no-float-money': 'error', 'falconpay/no-sql-values': 'error' },
  },
  { files: ['libs/money/src/**/*.ts'], rules: { 'falconpay/no-float-money': 'off' } }, // the one place that crosses over, with range checks
  { files: ['libs/postgres/src/**/*.ts'], rules: { 'falconpay/no-sql-values': 'off' } }, // builds statements from table definitions
  {
    // Pure libraries, the pipeline's use cases, and aggregates with their lifecycles and tables' neighbours.
    files: ['libs/{money,lifecycle,choreography,contracts}/src/**/*.ts', ...inServices('src/*/*/*.ts'), ...inServices('src/*/*.ts')],
    ignores: [...specs, '**/*.http.ts', '**/*.timer.ts', '**/*.schedule.ts', '**/*.module.ts', ...inServices('src/seed/**')],
    rules: { 'falconpay/no-ambient-input': 'error' },
  },
  {
    files: ['libs/{kafka,testing,invariants}/**/*.ts', 'infra/**/*.ts', 'e2e/**/*.ts', 'bench/**/*.ts', 'tools/**/*.ts'],
    rules: { 'falconpay/no-stray-kafkajs': 'off' },
  },
  { files: ['**/migrations/**/*.ts'], rules: { 'max-lines': 'off', 'falconpay/no-sql-values': 'off' } },
  {
    files: ['infra/**/*.ts', 'libs/testing/**/*.ts', 'bench/**/*.ts', 'tools/**/*.ts', 'apps/cli/**/*.ts'],
    rules: { 'no-console': 'off' },
  }, // they talk to a person
  {
    files: specs,
    rules: {
      '@nx/enforce-module-boundaries': boundaries({ specs: true }),
      // What came over the wire is looked at with matchers, not with types.
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
    },
  },
  prettier,
);
