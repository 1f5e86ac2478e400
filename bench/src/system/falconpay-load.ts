import { counterRequests, type CounterLoad, type CounterWork } from '../load/counter-load.js';
import { accountAt, anyOf, getRequest, type RequestTarget } from '../load/http-requests.js';
import { openFundedAccounts } from '../load/open-accounts.js';
import { bulkRequests, singleRequests, TRANSFERS_PER_BULK, uniform, type Pairing } from '../load/transfer-requests.js';
import type { TransferLoad } from '../load/transfer-load.js';
import type { BenchSystem } from './bench-system.js';

const ACCOUNTS = 1_000;
const BULKS_IN_FLIGHT = 4;
const SINGLES_IN_FLIGHT = 64;

/** Makes loads for our own services; the requests are ready before any clock runs. */
export class FalconPayLoad {
  private constructor(
    private readonly system: BenchSystem,
    readonly accounts: readonly string[],
  ) {}

  static async prepare(system: BenchSystem): Promise<FalconPayLoad> {
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

  balances(count: number): Buffer[] {
    const url = this.system.url('wallet');
    return Array.from({ length: count }, () =>
      getRequest({ url, path: `/v1/accounts/${accountAt(this.accounts, anyOf(this.accounts.length))}/balance` }),
    );
  }

  get destination(): { url: string; database: TransferLoad['database'] } {
    return { url: this.system.url('payment'), database: this.system.payment };
  }

  private target(path: string): RequestTarget {
    return { url: this.system.url('payment'), path };
  }
}
