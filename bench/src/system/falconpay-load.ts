import { counterRequests, type CounterLoad, type CounterWork } from '../load/counter-load.js';
import { getRequest, oneOf, type RequestTarget } from '../load/http-requests.js';
import { openFundedAccounts } from '../load/open-accounts.js';
import { orderRequests, ORDERS, PAYOUT, REDEMPTION, WITHDRAWAL } from '../load/order-requests.js';
import { bulkRequests, singleRequests, TRANSFERS_PER_BULK, uniform, type Pairing } from '../load/transfer-requests.js';
import { TRANSFERS, type TransferLoad } from '../load/transfer-load.js';
import type { BenchSystem } from './bench-system.js';
import { installPartners, partnerNames } from './partners.js';

const ACCOUNTS = 1_000;
const BULKS_IN_FLIGHT = 4;
const SINGLES_IN_FLIGHT = 64;
/** Clients of what goes to partners. */
const ORDERS_IN_FLIGHT = 256;
const INSTANT_MACHINES = partnerNames('INSTANT', 20);
const INSTITUTIONS = partnerNames('INSTITUTION', 4);
const UNTIL_THE_END = { prefer: 'wait=10' };

/** A pool of payouts in which all that are accepted ahead of the banks find room. */
export const ROOM_FOR_ALL = { 'atm-gateway': { PAYOUT_WORKERS: '200', PAYOUT_QUEUE: '100000' } } as const;

export const BANKS = partnerNames('BANK', 4);

/** Makes loads for our own services; the requests are ready before any clock runs. */
export class FalconPayLoad {
  private constructor(
    private readonly system: BenchSystem,
    readonly accounts: readonly string[],
  ) {}

  static async prepare(system: BenchSystem): Promise<FalconPayLoad> {
    await installPartners(system, 'atms', INSTANT_MACHINES, 'success');
    await installPartners(system, 'banks', BANKS, 'success');
    await installPartners(system, 'institutions', INSTITUTIONS, 'success');
    return new FalconPayLoad(system, await openFundedAccounts(system.url('wallet'), ACCOUNTS));
  }

  bulk(transfers: number, pairing: Pairing = uniform): TransferLoad {
    const bulks = Math.max(BULKS_IN_FLIGHT, Math.ceil(transfers / TRANSFERS_PER_BULK));
    const requests = bulkRequests(this.target('/v1/transfers/bulk'), this.accounts, bulks, pairing);
    return { ...this.destination, connections: BULKS_IN_FLIGHT, status: 202, requests, transfers: bulks * TRANSFERS_PER_BULK };
  }

  single(transfers: number): TransferLoad {
    const requests = singleRequests(this.target('/v1/transfers'), this.accounts, transfers, uniform);
    return { ...this.destination, connections: SINGLES_IN_FLIGHT, status: 202, requests, transfers };
  }

  /** Each answered when its transfer has ended. */
  waiting(transfers: number): Buffer[] {
    return singleRequests({ ...this.target('/v1/transfers'), headers: UNTIL_THE_END }, this.accounts, transfers, uniform);
  }

  counter(work: CounterWork, count: number): CounterLoad {
    const url = this.system.url('wallet');
    const requests = counterRequests(url, this.accounts, work, count);
    return { url, connections: SINGLES_IN_FLIGHT, requests, work, database: this.system.wallet };
  }

  /** At machines that pay at once. */
  machines(withdrawals: number): TransferLoad {
    const requests = this.atMachines(withdrawals);
    return { ...this.gateway, connections: ORDERS_IN_FLIGHT, status: 202, requests, transfers: withdrawals };
  }

  /** Each answered when its withdrawal has ended. */
  atMachinesWaiting(withdrawals: number): Buffer[] {
    return this.atMachines(withdrawals, UNTIL_THE_END);
  }

  atMachines(withdrawals: number, headers = {}, machines: readonly string[] = INSTANT_MACHINES): Buffer[] {
    return orderRequests({ url: this.gateway.url, path: '/v1/withdrawals', headers }, this.accounts, machines, WITHDRAWAL, withdrawals);
  }

  /** Where the queue takes them all. */
  payouts(count: number): TransferLoad {
    return { ...this.gateway, connections: ORDERS_IN_FLIGHT, status: 202, requests: this.toBanks(count), transfers: count };
  }

  /** Each answered when its payout has ended: accepted ahead of the banks, they would soon be more than the queue takes by its default. */
  payoutsWaiting(count: number, connections: number, banks: readonly string[] = BANKS): TransferLoad {
    return { ...this.gateway, connections, status: 200, requests: this.toBanks(count, banks, UNTIL_THE_END), transfers: count };
  }

  /** Each answered when it was accepted. */
  toBanks(count: number, banks: readonly string[] = BANKS, headers = {}): Buffer[] {
    return orderRequests({ url: this.gateway.url, path: '/v1/payouts', headers }, this.accounts, banks, PAYOUT, count);
  }

  /** Each answered when its redemption has ended: a card is in the gateway's memory for so long only. */
  redemptions(count: number): TransferLoad {
    const target = { url: this.gateway.url, path: '/v1/redemptions', headers: UNTIL_THE_END };
    const requests = orderRequests(target, this.accounts, INSTITUTIONS, REDEMPTION, count);
    return { ...this.gateway, connections: ORDERS_IN_FLIGHT, status: 200, requests, transfers: count };
  }

  get gateway(): Pick<TransferLoad, 'url' | 'database' | 'followed'> {
    return { url: this.system.url('atm-gateway'), database: this.system.gateway, followed: ORDERS };
  }

  balances(count: number): Buffer[] {
    const url = this.system.url('wallet');
    return Array.from({ length: count }, () => getRequest({ url, path: `/v1/accounts/${oneOf(this.accounts)}/balance` }));
  }

  get destination(): Pick<TransferLoad, 'url' | 'database' | 'followed'> {
    return { url: this.system.url('payment'), database: this.system.payment, followed: TRANSFERS };
  }

  private target(path: string): RequestTarget {
    return { url: this.system.url('payment'), path };
  }
}
