import type { Lifecycle } from '@falconpay/lifecycle/lifecycle';
import { renderLifecycle, renderLifecycleTable } from '@falconpay/lifecycle/render-lifecycle';
import { importBuilt } from '../workspace.js';

export interface DrawnLifecycle {
  readonly name: string;
  readonly diagram: string;
  readonly cells: string;
}

/** The lifecycles among a service's files (*.lifecycle.ts), drawn. */
export async function lifecyclesOf(sources: readonly string[]): Promise<DrawnLifecycle[]> {
  const drawn: DrawnLifecycle[] = [];
  for (const path of sources.filter((source) => source.endsWith('.lifecycle.ts'))) {
    const found = Object.values(await importBuilt(path)).filter(isLifecycle);
    if (found.length === 0) throw new Error(`${path} exports no lifecycle`);
    for (const lifecycle of found) {
      drawn.push({ name: lifecycle.name, diagram: renderLifecycle(lifecycle), cells: renderLifecycleTable(lifecycle) });
    }
  }
  return drawn;
}

const isLifecycle = (value: unknown): value is Lifecycle<string, string> =>
  typeof value === 'object' && value !== null && 'states' in value && 'events' in value && 'transition' in value;
