import { randomUUID } from 'node:crypto';
import type { Patience } from '@falconpay/testing/eventually';
import type { RunningSystem } from '@falconpay/testing/running-system';
import type { HttpReply, PostOptions } from '@falconpay/testing/service-client';

export interface Payout {
  readonly id: string;
  readonly status: string;
  readonly paid?: { readonly amount: number; readonly currency: string };
  readonly failure?: { readonly code: string; readonly detail: string };
  readonly evidence: readonly { readonly source: string; readonly says: string }[];
  readonly cases: readonly { readonly reason: string }[];
}

export const iban = 'DE89370400440532013000';
const json = { 'content-type': 'application/json' };

/** A bank of the simulator, known to the gateway, from both sides: what we are told, and what it really took. */
export class Bank {
  private constructor(
    readonly system: RunningSystem,
    readonly id: string,
  ) {}

  /** `through`: where the gateway finds it, when not at the simulator itself. */
  static async open(system: RunningSystem, id = `B${randomUUID().slice(0, 8)}`, through = system.local.urls['simulator']): Promise<Bank> {
    const url = `${through}/v1/banks/${id}`;
    const known = await system.gateway.send('PUT', `/v1/banks/${id}`, JSON.stringify({ url }), json);
    if (known.status !== 200) throw new Error(`the bank was not taken: ${known.text}`);
    return new Bank(system, id);
  }

  /** How it treats the next commands, one by one; those after them it obeys. */
  behave(...next: readonly string[]): Promise<void> {
    return this.tell({ next, then: 'success' });
  }

  /** How it treats all commands from now on. */
  always(behaviour: string, more: object = {}): Promise<void> {
    return this.tell({ next: [], then: behaviour, ...more });
  }

  request(account: string, amount: number, more: object = {}, options: PostOptions = {}): Promise<HttpReply> {
    const body = { account, amount: { amount, currency: 'USD' }, iban, bank: this.id, ...more };
    return this.system.gateway.post('/v1/payouts', body, options);
  }

  async requested(account: string, amount: number): Promise<string> {
    const reply = await this.request(account, amount);
    if (reply.status !== 202) throw new Error(`the payout was not accepted: ${reply.text}`);
    return (reply.body as Payout).id;
  }

  async look(id: string): Promise<Payout> {
    return (await this.system.gateway.get(`/v1/payouts/${id}`)).body as Payout;
  }

  until(id: string, status: string, patience: Patience = {}): Promise<Payout> {
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

  async payOut(account: string, amount: number, status: string, patience: Patience = {}): Promise<Payout> {
    return this.until(await this.requested(account, amount), status, patience);
  }

  /** Its own record, in its order: `accepted 5000`. */
  async journal(id?: string): Promise<string[]> {
    const reply = await this.system.client('simulator').get(`/v1/banks/${this.id}/journal`);
    const lines = reply.text.trimEnd().split('\n').slice(0, -1);
    return lines.flatMap((line) => {
      const { credit_id, event, amount } = JSON.parse(line) as { credit_id: string; event: string; amount: number };
      return id === undefined || credit_id === id ? [`${event} ${amount}`] : [];
    });
  }

  private async tell(behaviour: object): Promise<void> {
    const reply = await this.system.client('simulator').send('PUT', `/v1/banks/${this.id}/behaviour`, JSON.stringify(behaviour), json);
    if (reply.status !== 200) throw new Error(`the bank does not behave: ${reply.text}`);
  }
}
