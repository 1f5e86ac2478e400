import type { BenchSystem } from './bench-system.js';

/** As the paths of the simulator and of the gateway have them. */
export type PartnerKind = 'atms' | 'banks' | 'institutions';

export const partnerNames = (name: string, count: number): string[] => Array.from({ length: count }, (_, index) => `${name}${index + 1}`);

/** Partners of the simulator that the gateway knows, and that treat every command alike. */
export async function installPartners(system: BenchSystem, kind: PartnerKind, names: readonly string[], then: string): Promise<void> {
  for (const name of names) {
    await behave(system, kind, [name], { then });
    const machine = kind === 'atms' ? { currency: 'USD', smallest_note: 100 } : {};
    await put(`${system.url('atm-gateway')}/v1/${kind}/${name}`, { url: urlOf(system, kind, name), ...machine });
  }
}

/** From now on; what is left out is as good as can be. */
export async function behave(
  system: BenchSystem,
  kind: PartnerKind,
  names: readonly string[],
  behaviour: { readonly then?: string; readonly latency_ms?: number },
): Promise<void> {
  for (const name of names) await put(`${urlOf(system, kind, name)}/behaviour`, { next: [], ...behaviour });
}

const urlOf = (system: BenchSystem, kind: PartnerKind, name: string): string => `${system.url('simulator')}/v1/${kind}/${name}`;

async function put(url: string, body: object): Promise<void> {
  const answer = await fetch(url, { method: 'PUT', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
  if (answer.status !== 200) throw new Error(`PUT ${url} was answered with ${answer.status}: ${await answer.text()}`);
}
