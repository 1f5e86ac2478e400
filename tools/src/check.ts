import { mkdirSync } from 'node:fs';
import { faultsOf } from '@falconpay/choreography/check-saga';
import { sagas, topics } from '@falconpay/contracts/choreography';
import { lintChecks } from './checks/lint.js';
import { failed, fromFaults, ok, skipped, type Check, type Outcome } from './checks/outcome.js';
import { runChecks } from './checks/run-checks.js';
import { runInstalled, runProgram, type ProgramResult } from './checks/run-program.js';
import { documents } from './documents.js';
import { staleFiles } from './generated-files.js';
import { brokenPromises } from './released-schemas.js';
import { tidy, wholeWorkspace } from './tidy/tidy.js';
import { stepsWithoutFolder } from './use-case-folders.js';
import { fileExists, filesBelow, services, workspaceRoot } from './workspace.js';

const cache = 'node_modules/.cache/falconpay';
mkdirSync(`${workspaceRoot}${cache}`, { recursive: true });

const outcomeOf = ({ exitCode, stdout, stderr }: ProgramResult): Outcome => (exitCode === 0 ? ok : failed(stdout + stderr));
const [lint, projectBoundaries] = lintChecks();

const types: Check = {
  name: 'types',
  run: async () =>
    outcomeOf(
      await runInstalled('typescript/bin/tsc', ['-p', 'tsconfig.json', '--incremental', '--tsBuildInfoFile', `${cache}/types.tsbuildinfo`]),
    ),
};

const sliceBoundaries: Check = {
  name: 'boundaries between slices',
  run: async () => {
    const folders = ['apps', 'libs', 'infra', 'e2e', 'bench', 'tools'].filter((folder) => fileExists(folder));
    return outcomeOf(
      await runInstalled('dependency-cruiser/bin/dependency-cruise.mjs', [...folders, '--config', '.dependency-cruiser.cjs']),
    );
  },
};

const formatting: Check = {
  name: 'formatting',
  run: async () => {
    const cached = ['--cache', '--cache-strategy', 'content', '--cache-location', `${cache}/prettier`];
    const { exitCode, stdout, stderr } = await runInstalled('prettier/bin/prettier.cjs', ['--list-different', '.', ...cached]);
    return exitCode === 0 ? ok : failed(`${stdout}${stderr}Run: npx prettier --write .`);
  },
};

const choreography: Check = {
  name: 'choreography',
  run: () => {
    const faults = sagas.flatMap((saga) => faultsOf(saga).map((fault) => `${saga.name}: ${fault}`));
    const sources = services().flatMap(({ folder }) => filesBelow(`${folder}/src`));
    return Promise.resolve(fromFaults([...faults, ...stepsWithoutFolder(sagas, sources)]));
  },
};

const generated: Check = {
  name: 'generated files',
  run: async () => fromFaults(staleFiles(await documents()), 'Run: npm run generate'),
};

const schemas: Check = {
  name: 'released schemas',
  run: () => Promise.resolve(fromFaults(brokenPromises(topics), 'Let the version of the topic grow, or take the change back.')),
};

const compose: Check = {
  name: 'docker compose',
  run: async () => {
    if (!fileExists('docker-compose.yml')) return skipped('there is no docker-compose.yml');
    const client = await runProgram('docker', ['compose', 'version']);
    if (client.exitCode !== 0) return skipped('no docker compose on this machine');
    return outcomeOf(await runProgram('docker', ['compose', '-f', 'docker-compose.yml', 'config', '-q']));
  },
};

const tidiness: Check = { name: 'tidy', run: () => Promise.resolve(fromFaults(tidy(wholeWorkspace()))) };

// The longest first, so that two processors end together.
const checks = [lint, types, formatting, sliceBoundaries, projectBoundaries, choreography, generated, schemas, tidiness, compose];
const { passed, failed: failures } = await runChecks(
  checks,
  (line) => console.log(line),
  () => performance.now(),
);
console.log(`\n${passed} passed, ${failures} failed`);
process.exitCode = failures > 0 ? 1 : 0;
