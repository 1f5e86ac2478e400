import { randomUUID } from 'node:crypto';
import type { Patience } from '@falconpay/testing/eventually';
import type { RunningSystem } from '@falconpay/testing/running-system';
import type { HttpReply, PostOptions } from '@falconpay/testing/service-client';

export interface Withdrawal {
  readonly id: string;
  readonly status: string;
  readonly dispensed?: { readonly amount: number; readonly currency: string };
  readonly failure?: { readonly code: string; readonly detail: string };
  readonly evidence: readonly Piece[];
  readonly cases: readonly { readonly reason: string }[];
}

interface Piece {
  readonly source: string;
  readonly says: string;
  readonly dispensed?: { readonly amount: number };
  readonly doubt?: string;
}

export const usd = (amount: number) => ({ amount, currency: 'USD' });

interface Balance {
  readonly posted: number;
  readonly held: number;
  readonly available: number;
}

/** A cash machine of the simulator, known to the gateway, from both sides: what we are told, and what it really paid out. */
export class CashMachine {
  private constructor(
    readonly system: RunningSystem,
    readonly id: string,
  ) {}

  /** `through`: where the gateway finds it, when not at the simulator itself. */
  static async install(system: RunningSystem, through = system.local.urls['simulator']): Promise<CashMachine> {
    const machine = new CashMachine(system, `M${randomUUID().slice(0, 8)}`);
    await machine.moveTo(`${through}/v1/atms/${machine.id}`);
    return machine;
  }

  /** Makes it known to the gateway, or tells where it is now. */
  async moveTo(url: string): Promise<void> {
    const body = JSON.stringify({ url, currency: 'USD', smallest_note: 100 });
    const known = await this.system.gateway.send('PUT', `/v1/atms/${this.id}`, body, { 'content-type': 'application/json' });
    if (known.status !== 200) throw new Error(`the machine was not taken: ${known.text}`);
  }

  /** How it treats the next commands, one by one; those after them it obeys. */
  behave(...next: readonly string[]): Promise<void> {
    return this.tell({ next });
  }

  /** As the simulator's README says. */
  async tell(behaviour: object): Promise<void> {
    const reply = await this.system
      .client('simulator')
      .send('PUT', `/v1/atms/${this.id}/behaviour`, JSON.stringify(behaviour), { 'content-type': 'application/json' });
    if (reply.status !== 200) throw new Error(`the machine does not behave: ${reply.text}`);
  }

  request(account: string, amount: number, options: PostOptions = {}): Promise<HttpReply> {
    return this.system.gateway.post('/v1/withdrawals', { account, amount: usd(amount), atm_id: this.id }, options);
  }

  async requested(account: string, amount: number): Promise<string> {
    const reply = await this.request(account, amount);
    if (reply.status !== 202) throw new Error(`the withdrawal was not accepted: ${reply.text}`);
    return (reply.body as Withdrawal).id;
  }

  async look(id: string): Promise<Withdrawal> {
    return (await this.system.gateway.get(`/v1/withdrawals/${id}`)).body as Withdrawal;
  }

  /** The withdrawal once it has this status. */
  until(id: string, status: string, patience: Patience = {}): Promise<Withdrawal> {
    return this.system.eventually(
      `${id} is ${status}`,
      async () => {
        const seen = await this.look(id);
        if (seen.status !== status) throw new Error(JSON.stringify(seen));
        return seen;
      },
      patience,
    );
  }

  /** Asked for, and followed until it has this status. */
  async withdraw(account: string, amount: number, status: string, patience: Patience = {}): Promise<Withdrawal> {
    return this.until(await this.requested(account, amount), status, patience);
  }

  resolve(id: string, outcome: 'dispensed' | 'not_dispensed', more: object = {}, options: PostOptions = {}): Promise<HttpReply> {
    return this.system.gateway.post(
      `/v1/withdrawals/${id}/resolution`,
      { outcome, reason: 'the cassettes were counted', ...more },
      options,
    );
  }

  /** Its own record, in its order: `dispensed 5000`. */
  async journal(id?: string): Promise<string[]> {
    const reply = await this.system.client('simulator').get(`/v1/atms/${this.id}/journal`);
    const lines = reply.text.trimEnd().split('\n').slice(0, -1);
    return lines.flatMap((line) => {
      const { dispense_id, event, amount } = JSON.parse(line) as { dispense_id: string; event: string; amount: number };
      return id === undefined || dispense_id === id ? [`${event} ${amount}`] : [];
    });
  }

  /** What stands in the customer's account. */
  async balance(account: string): Promise<Balance> {
    const { posted, held, available } = (await this.system.wallet.get(`/v1/accounts/${account}/balance`)).body as Balance;
    return { posted, held, available };
  }
}
