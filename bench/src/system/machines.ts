import type { BenchSystem } from './bench-system.js';

export const machineNames = (name: string, count: number): string[] => Array.from({ length: count }, (_, index) => `${name}${index + 1}`);

/** Cash machines of the simulator that the gateway knows, and that treat every command alike. */
export async function installMachines(system: BenchSystem, machines: readonly string[], then: string): Promise<void> {
  for (const machine of machines) {
    const url = `${system.url('simulator')}/v1/atms/${machine}`;
    await put(`${url}/behaviour`, { next: [], then });
    await put(`${system.url('atm-gateway')}/v1/atms/${machine}`, { url, currency: 'USD', smallest_note: 100 });
  }
}

async function put(url: string, body: object): Promise<void> {
  const answer = await fetch(url, { method: 'PUT', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
  if (answer.status !== 200) throw new Error(`PUT ${url} was answered with ${answer.status}: ${await answer.text()}`);
}
