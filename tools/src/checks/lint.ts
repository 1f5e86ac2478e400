import { relative } from 'node:path';
import { workspaceRoot } from '../workspace.js';
import { failed, fromFaults, type Check, type Outcome } from './outcome.js';
import { runInstalled } from './run-program.js';

interface FileReport {
  readonly filePath: string;
  readonly messages: readonly {
    readonly ruleId: string | null;
    readonly message: string;
    readonly line?: number;
    readonly column?: number;
  }[];
}

interface Fault {
  readonly text: string;
  readonly isBoundary: boolean;
}

/**
 * One run of eslint, told as two checks: style and bugs, and the boundaries between projects. Without Nx's cached
 * project graph its rule would pass everything, so the graph is made first. No eslint cache: rules that use types
 * would miss what a change in another file did to this one.
 */
export function lintChecks(): readonly [lint: Check, boundaries: Check] {
  let linting: Promise<readonly Fault[] | Outcome> | undefined;
  const tell = (wanted: (fault: Fault) => boolean) => async (): Promise<Outcome> => {
    const result = await (linting ??= lint());
    return isFaults(result) ? fromFaults(result.filter(wanted).map(({ text }) => text)) : result;
  };
  return [
    { name: 'lint', run: tell(({ isBoundary }) => !isBoundary) },
    { name: 'boundaries between projects', run: tell(({ isBoundary }) => isBoundary) },
  ];
}

const isFaults = (result: readonly Fault[] | Outcome): result is readonly Fault[] => Array.isArray(result);

async function lint(): Promise<readonly Fault[] | Outcome> {
  const graph = await runInstalled('nx/dist/bin/nx.js', ['show', 'projects']);
  if (graph.exitCode !== 0) return failed(graph.stdout + graph.stderr);
  const { exitCode, stdout, stderr } = await runInstalled('eslint/bin/eslint.js', ['.', '--format', 'json']);
  if (exitCode !== 0 && exitCode !== 1) return failed(stdout + stderr);
  return (JSON.parse(stdout) as FileReport[]).flatMap(({ filePath, messages }) =>
    messages.map(({ ruleId, message, line = 0, column = 0 }) => ({
      text: `${relative(workspaceRoot, filePath)}:${line}:${column} ${message} (${ruleId ?? 'unreadable'})`,
      isBoundary: ruleId === '@nx/enforce-module-boundaries',
    })),
  );
}
