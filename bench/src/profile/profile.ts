import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runTransferLoad, type LoadResult, type TransferLoad } from '../load/transfer-load.js';
import type { Profiled } from '../run-arguments.js';
import { checkTotals } from '../system/books.js';
import { BenchSystem, type ServiceEnv } from '../system/bench-system.js';
import { CpuMeter } from '../system/cpu-meter.js';
import { FalconPayLoad, ROOM_FOR_ALL } from '../system/falconpay-load.js';
import { ProfiledService } from './profiled-service.js';
import { printProfile } from './print-profile.js';
import { summaryOf } from './self-time.js';
import { StatementStatistics } from './statement-statistics.js';

export interface ProfileOptions {
  readonly load: Profiled;
  readonly seconds: number;
  readonly portBase: number;
  readonly verbose: boolean;
}

const WARM_UP_TRANSFERS: Readonly<Record<Profiled, number>> = {
  bulk: 20_000,
  single: 4_000,
  machines: 2_000,
  payouts: 2_000,
  redemptions: 2_000,
};
const WITH_PARTNERS = ['atm-gateway', 'wallet', 'simulator'];
const TAKING_PART: Readonly<Record<Profiled, readonly string[]>> = {
  bulk: ['payment', 'wallet'],
  single: ['payment', 'wallet'],
  ...{ machines: WITH_PARTNERS, payouts: WITH_PARTNERS, redemptions: WITH_PARTNERS },
};

/**
 * What one load costs and where: processor seconds per process, time per statement, self time per function. The processor
 * seconds and the rate are measured without the profiler, which costs some itself; the same load is then run again with it.
 */
export async function profile({ load, seconds, portBase, verbose }: ProfileOptions): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'falconpay-profile-'));
  const services = TAKING_PART[load].map((name) => new ProfiledService(name, folder));
  const serviceEnv = Object.fromEntries(services.map(({ name, env }) => [name, { ...(ROOM_FOR_ALL as ServiceEnv)[name], ...env }]));
  const system = await BenchSystem.start({ portBase, serviceEnv, verbose });
  try {
    const statements = await StatementStatistics.open(system.adminUrl('postgres'));
    const maker = await FalconPayLoad.prepare(system);
    const make = (transfers: number): TransferLoad => maker[load](transfers);
    await runTransferLoad(make(WARM_UP_TRANSFERS[load]));
    const warmUp = await runTransferLoad(make(WARM_UP_TRANSFERS[load]));
    const transfers = Math.ceil(warmUp.completedPerSecond * seconds);

    const meter = new CpuMeter(system);
    await statements.reset();
    const plain = make(transfers);
    meter.begin();
    const result = await runTransferLoad(plain);
    const cpu = meter.end();
    const top = await statements.top(10);

    const again = make(transfers);
    await Promise.all(services.map((service) => service.begin(system.pid(service.name))));
    const profiled: LoadResult = await runTransferLoad(again);
    const profiles = await Promise.all(
      services.map(async (service) => ({ name: service.name, summary: summaryOf(await service.end(system.pid(service.name))) })),
    );
    await statements.close();
    await checkTotals(system);
    printProfile({ load, result, profiled, cpu, statements: top, profiles });
  } finally {
    await system.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
