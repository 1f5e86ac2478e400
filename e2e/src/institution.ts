import { randomUUID } from 'node:crypto';
import type { Patience } from '@falconpay/testing/eventually';
import type { RunningSystem } from '@falconpay/testing/running-system';
import type { HttpReply, PostOptions } from '@falconpay/testing/service-client';

export interface Redemption {
  readonly id: string;
  readonly status: string;
  readonly approved?: { readonly amount: number; readonly currency: string };
  readonly failure?: { readonly code: string; readonly detail: string };
  readonly reversal_id?: string;
  readonly evidence: readonly { readonly source: string; readonly says: string }[];
  readonly cases: readonly { readonly reason: string }[];
}

export const card = { number: '4929123456781234', pin: '8642' };
const json = { 'content-type': 'application/json' };

/** An institution of the simulator, known to the gateway, from both sides: what we are told, and what it really charged. */
export class Institution {
  private constructor(
    readonly system: RunningSystem,
    readonly id: string,
  ) {}

  /** `through`: where the gateway finds it, when not at the simulator itself. */
  static async join(system: RunningSystem, through = system.local.urls['simulator']): Promise<Institution> {
    const institution = new Institution(system, `I${randomUUID().slice(0, 8)}`);
    await institution.moveTo(`${through}/v1/institutions/${institution.id}`);
    return institution;
  }

  async moveTo(url: string): Promise<void> {
    const known = await this.system.gateway.send('PUT', `/v1/institutions/${this.id}`, JSON.stringify({ url }), json);
    if (known.status !== 200) throw new Error(`the institution was not taken: ${known.text}`);
  }

  /** How it treats the next commands, one by one; those after them it obeys. */
  behave(...next: readonly string[]): Promise<void> {
    return this.tell({ next, then: 'success' });
  }

  /** How it treats all commands from now on. */
  always(behaviour: string): Promise<void> {
    return this.tell({ then: behaviour });
  }

  /** As the simulator's README says. */
  async tell(behaviour: object): Promise<void> {
    const simulator = this.system.client('simulator');
    const reply = await simulator.send('PUT', `/v1/institutions/${this.id}/behaviour`, JSON.stringify(behaviour), json);
    if (reply.status !== 200) throw new Error(`the institution does not behave: ${reply.text}`);
  }

  request(account: string, amount: number, more: object = {}, options: PostOptions = {}): Promise<HttpReply> {
    const body = { account, amount: { amount, currency: 'USD' }, institution: this.id, card, ...more };
    return this.system.gateway.post('/v1/redemptions', body, options);
  }

  async requested(account: string, amount: number, more: object = {}): Promise<string> {
    const reply = await this.request(account, amount, more);
    if (reply.status !== 202) throw new Error(`the redemption was not accepted: ${reply.text}`);
    return (reply.body as Redemption).id;
  }

  async look(id: string): Promise<Redemption> {
    return (await this.system.gateway.get(`/v1/redemptions/${id}`)).body as Redemption;
  }

  until(id: string, status: string, patience: Patience = {}): Promise<Redemption> {
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

  async redeem(account: string, amount: number, status: string, patience: Patience = {}): Promise<Redemption> {
    return this.until(await this.requested(account, amount), status, patience);
  }

  /** Its own record, in its order: `approved 5000`. */
  async journal(id?: string): Promise<string[]> {
    const reply = await this.system.client('simulator').get(`/v1/institutions/${this.id}/journal`);
    const lines = reply.text.trimEnd().split('\n').slice(0, -1);
    return lines.flatMap((line) => {
      const { cashout_id, event, amount } = JSON.parse(line) as { cashout_id: string; event: string; amount: number };
      return id === undefined || cashout_id === id ? [`${event} ${amount}`] : [];
    });
  }
}
