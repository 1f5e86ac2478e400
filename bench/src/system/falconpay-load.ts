import { counterRequests, type CounterLoad, type CounterWork } from '../load/counter-load.js';
import { accountAt, anyOf, getRequest, type RequestTarget } from '../load/http-requests.js';
import { openFundedAccounts } from '../load/open-accounts.js';
import { bulkRequests, singleRequests, TRANSFERS_PER_BULK, uniform, type Pairing } from '../load/transfer-requests.js';
import { TRANSFERS, type TransferLoad } from '../load/transfer-load.js';
import { WITHDRAWALS, withdrawalRequests } from '../load/withdrawal-requests.js';
import type { BenchSystem } from './bench-system.js';
import { installMachines, machineNames } from './machines.js';

const ACCOUNTS = 1_000;
const BULKS_IN_FLIGHT = 4;
const SINGLES_IN_FLIGHT = 64;
const INSTANT_MACHINES = machineNames('INSTANT', 20);

/** Makes loads for our own services; the requests are ready before any clock runs. */
export class FalconPayLoad {
  private constructor(
    private readonly system: BenchSystem,
    readonly accounts: readonly string[],
  ) {}

  static async prepare(system: BenchSystem): Promise<FalconPayLoad> {
    await installMachines(system, INSTANT_MACHINES, 'success');
    return new FalconPayLoad(system, await openFundedAccounts(system.url('wallet'), ACCOUNTS));
  }

  bulk(transfers: number, pairing: Pairing = uniform): TransferLoad {
    const bulks = Math.max(BULKS_IN_FLIGHT, Math.ceil(transfers / TRANSFERS_PER_BULK));
    const requests = bulkRequests(this.target('/v1/transfers/bulk'), this.accounts, bulks, pairing);
    return { ...this.destination, connections: BULKS_IN_FLIGHT, requests, transfers: bulks * TRANSFERS_PER_BULK };
  }

  single(transfers: number): TransferLoad {
    const requests = singleRequests(this.target('/v1/transfers'), this.accounts, transfers, uniform);
    return { ...this.destination, connections: SINGLES_IN_FLIGHT, requests, transfers };
  }

  /** Each answered when its transfer has ended. */
  waiting(transfers: number): Buffer[] {
    return singleRequests({ ...this.target('/v1/transfers'), headers: { prefer: 'wait=10' } }, this.accounts, transfers, uniform);
  }

  counter(work: CounterWork, count: number): CounterLoad {
    const url = this.system.url('wallet');
    const requests = counterRequests(url, this.accounts, work, count);
    return { url, connections: SINGLES_IN_FLIGHT, requests, work, database: this.system.wallet };
  }

  /** At machines that pay at once. */
  machines(withdrawals: number): TransferLoad {
    const requests = this.atMachines(withdrawals);
    return { ...this.gateway, connections: SINGLES_IN_FLIGHT, requests, transfers: withdrawals };
  }

  /** Each answered when its withdrawal has ended. */
  atMachinesWaiting(withdrawals: number): Buffer[] {
    return this.atMachines(withdrawals, { prefer: 'wait=10' });
  }

  get gateway(): Pick<TransferLoad, 'url' | 'database' | 'followed'> {
    return { url: this.system.url('atm-gateway'), database: this.system.gateway, followed: WITHDRAWALS };
  }

  atMachines(withdrawals: number, headers = {}, machines: readonly string[] = INSTANT_MACHINES): Buffer[] {
    return withdrawalRequests({ url: this.gateway.url, path: '/v1/withdrawals', headers }, this.accounts, machines, withdrawals);
  }

  balances(count: number): Buffer[] {
    const url = this.system.url('wallet');
    return Array.from({ length: count }, () =>
      getRequest({ url, path: `/v1/accounts/${accountAt(this.accounts, anyOf(this.accounts.length))}/balance` }),
    );
  }

  get destination(): Pick<TransferLoad, 'url' | 'database' | 'followed'> {
    return { url: this.system.url('payment'), database: this.system.payment, followed: TRANSFERS };
  }

  private target(path: string): RequestTarget {
    return { url: this.system.url('payment'), path };
  }
}
