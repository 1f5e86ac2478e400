import type { Profiler } from 'node:inspector';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const REPOSITORY = fileURLToPath(new URL('../../../', import.meta.url));

export interface SelfTime {
  readonly name: string;
  readonly milliseconds: number;
  /** Of the time in which the process did anything. */
  readonly share: number;
}

export interface ProfileSummary {
  readonly busyMs: number;
  readonly functions: readonly SelfTime[];
  readonly packages: readonly SelfTime[];
}

/** Where the time of a profile went, by function and by package; waiting is left out. */
export function summaryOf(profile: Profiler.Profile): ProfileSummary {
  const places = placesOf(profile);
  const functions = new Map<string, number>();
  const packages = new Map<string, number>();
  let busyMs = 0;
  profile.samples?.forEach((id, index) => {
    const place = places.get(id);
    if (place === undefined) return;
    const milliseconds = (profile.timeDeltas?.[index] ?? 0) / 1_000;
    busyMs += milliseconds;
    functions.set(place.name, (functions.get(place.name) ?? 0) + milliseconds);
    packages.set(place.origin, (packages.get(place.origin) ?? 0) + milliseconds);
  });
  return { busyMs, functions: ranked(functions, busyMs), packages: ranked(packages, busyMs) };
}

function ranked(times: ReadonlyMap<string, number>, busyMs: number): SelfTime[] {
  return [...times]
    .map(([name, milliseconds]) => ({ name, milliseconds, share: milliseconds / busyMs }))
    .sort((one, other) => other.milliseconds - one.milliseconds);
}

interface Place {
  readonly name: string;
  readonly origin: string;
}

/** Of every node that counts: not of waiting, nor of the profiler's own work. */
function placesOf(profile: Profiler.Profile): Map<number, Place> {
  const parents = new Map(profile.nodes.flatMap((node) => (node.children ?? []).map((child) => [child, node] as const)));
  const places = new Map<number, Place>();
  for (const node of profile.nodes) {
    const { functionName, url, lineNumber } = node.callFrame;
    if (functionName === '(idle)' || (functionName === 'dispatch' && url === '')) continue;
    const place = placeOf(functionName, url, lineNumber + 1);
    const caller = parents.get(node.id)?.callFrame;
    const isNative = url === '' && !functionName.startsWith('(') && caller !== undefined && caller.url !== '';
    places.set(node.id, isNative ? nativeCalledFrom(functionName, placeOf(caller.functionName, caller.url, caller.lineNumber + 1)) : place);
  }
  return places;
}

/** A native function says little without who called it. */
const nativeCalledFrom = (functionName: string, caller: Place): Place => ({
  name: `${functionName} < ${caller.name}`,
  origin: '(native code)',
});

function placeOf(functionName: string, url: string, line: number): Place {
  const name = functionName === '' ? '(anonymous)' : functionName;
  if (url === '') return { name, origin: name.startsWith('(') && name !== '(anonymous)' ? name : '(native code)' };
  if (url.startsWith('node:')) return { name: `${name}  ${url}:${line}`, origin: 'node' };
  const file = relative(REPOSITORY, url.startsWith('file:') ? fileURLToPath(url) : url);
  const installed = /node_modules\/((?:@[^/]+\/)?[^/]+)\/(?!.*node_modules\/)(.*)/.exec(file);
  if (installed !== null) return { name: `${name}  ${installed[1]}/${installed[2]}:${line}`, origin: installed[1] ?? file };
  return { name: `${name}  ${file}:${line}`, origin: file.split('/').slice(0, 2).join('/') };
}
