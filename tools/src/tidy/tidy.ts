import { fileExists, projects, readText, workspaceRoot } from '../workspace.js';
import { projectCycles } from './project-cycles.js';
import { trackedFiles } from './tracked-files.js';
import type { Workspace } from './workspace-in-view.js';

type Rule = (workspace: Workspace) => string[];

/** The root is the first thing a reader sees: a new entry there is decided, not left behind. */
const allowedInRoot = new Set([
  ...['.ci', '.dependency-cruiser.cjs', '.dockerignore', '.editorconfig', '.gitattributes', '.github', '.gitignore', '.npmrc', '.nvmrc'],
  ...['.prettierignore', '.prettierrc.json', '.swcrc', 'ARCHITECTURE.md', 'CHANGELOG.md', 'CONTRIBUTING.md', 'Dockerfile', 'LICENSE'],
  ...['README.md', 'SECURITY.md', 'apps', 'bench', 'docker-compose.yml', 'docs', 'e2e', 'eslint.config.mjs', 'infra', 'jest.config.js'],
  ...['libs', 'nx.json', 'package-lock.json', 'package.json', 'tools', 'tsconfig.json'],
]);

const bannedWords = new Set(['util', 'utils', 'helper', 'helpers', 'common', 'shared', 'manager', 'base', 'core']);
const linesMax = 400;
const decisionLinesMax = 80;
const isCode = (path: string): boolean => /\.(ts|mjs|cjs|js)$/.test(path);

export const rules: Readonly<Record<string, Rule>> = {
  root: ({ paths }) =>
    [...new Set(paths.map((path) => path.split('/')[0] ?? ''))]
      .filter((entry) => !allowedInRoot.has(entry))
      .map((entry) => `${entry} does not belong in the root of the project`),

  lines: ({ paths, read }) =>
    paths
      .filter((path) => isCode(path) && !path.includes('/migrations/'))
      .map((path) => ({ path, lines: lineCount(read(path)) }))
      .filter(({ lines }) => lines > linesMax)
      .map(({ path, lines }) => `${path} has ${lines} lines; ${linesMax} are enough for one thing`),

  names: ({ paths }) =>
    paths.flatMap((path) => {
      const word = path
        .split('/')
        .flatMap((part) => part.split(/[-._]/))
        .find((part) => bannedWords.has(part.toLowerCase()));
      return word === undefined ? [] : [`${path}: "${word}" fits everything and so says nothing`];
    }),

  readmes: ({ paths, projects: all }) =>
    all
      .filter(({ folder }) => folder.startsWith('libs/') && paths.some((path) => path.startsWith(`${folder}/src/`)))
      .filter(({ folder }) => !paths.includes(`${folder}/README.md`))
      .map(({ folder }) => `${folder} has no README.md that states what it guarantees`),

  tags: ({ projects: all }) =>
    all
      .map(({ name, tags }) => ({ name, types: tags.filter((tag) => tag.startsWith('type:')) }))
      .filter(({ types }) => types.length !== 1)
      .map(({ name, types }) => `${name} has ${types.length} type: tags; boundaries need exactly one`),

  leftovers: ({ paths, read }) =>
    paths.filter(isCode).flatMap((path) => {
      const lines = read(path).split('\n');
      return lines.flatMap((line, index) => (/\b(TO[D]O|FIX[M]E)\b/.test(line) ? [`${path}:${index + 1} leaves work in a comment`] : []));
    }),

  silencedTests: ({ paths, read }) =>
    paths
      .filter((path) => /\.(spec|e2e)\.ts$/.test(path))
      .filter((path) => /\b(describe|it|test)\.(only|skip)\b|^\s*(xit|fit|xdescribe|fdescribe)\(/m.test(read(path)))
      .map((path) => `${path} runs only some of its tests`),

  decisions: ({ paths, read }) =>
    paths
      .filter((path) => /^docs\/decisions\/.*\.md$/.test(path) && lineCount(read(path)) > decisionLinesMax)
      .map((path) => `${path} is longer than a page (${decisionLinesMax} lines)`),

  lockFile: ({ paths, read }) =>
    paths.includes('package-lock.json') && /"resolved": "https?:/.test(read('package-lock.json'))
      ? ['package-lock.json names a registry: install with the .npmrc of the project']
      : [],

  projectCycles,
};

export const tidy = (workspace: Workspace): string[] => Object.values(rules).flatMap((rule) => rule(workspace));

export const wholeWorkspace = (): Workspace => ({
  paths: trackedFiles(workspaceRoot).filter((path) => fileExists(path)),
  read: (path) => readText(path),
  projects: projects(),
});

const lineCount = (text: string): number => text.split('\n').length - (text.endsWith('\n') ? 1 : 0);
