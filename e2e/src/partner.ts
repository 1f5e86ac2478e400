import type { Patience } from '@falconpay/testing/eventually';
import type { RunningSystem } from '@falconpay/testing/running-system';
import type { HttpReply, PostOptions } from '@falconpay/testing/service-client';
import { journalOf, wordsOf, type OrderKind } from './partners-in-books.js';

/** An order that went to a partner, as the gateway shows it. */
export interface PartnerOrder {
  readonly id: string;
  readonly status: string;
  readonly failure?: { readonly code: string; readonly detail: string };
  readonly evidence: readonly { readonly source: string; readonly says: string; readonly doubt?: string }[];
  readonly cases: readonly { readonly reason: string }[];
}

export interface Balance {
  readonly posted: number;
  readonly held: number;
  readonly available: number;
}

export const usd = (amount: number) => ({ amount, currency: 'USD' });
const json = { 'content-type': 'application/json' };

/** A partner of the simulator, known to the gateway, from both sides: what we are told, and what it really did. */
export abstract class Partner<Order extends PartnerOrder> {
  protected constructor(
    readonly system: RunningSystem,
    readonly id: string,
    private readonly kind: OrderKind,
    /** What the gateway has to know of it, beside where it is. */
    private readonly terms: object = {},
  ) {}

  /** Makes it known to the gateway, or tells where it is now. */
  async moveTo(url: string): Promise<void> {
    const body = JSON.stringify({ url, ...this.terms });
    const known = await this.system.gateway.send('PUT', this.path, body, json);
    if (known.status !== 200) throw new Error(`${this.path} was not taken: ${known.text}`);
  }

  /** How it treats the next commands, one by one; those after them it obeys. */
  behave(...next: readonly string[]): Promise<void> {
    return this.tell({ next });
  }

  /** How it treats all commands from now on. */
  always(behaviour: string, more: object = {}): Promise<void> {
    return this.tell({ then: behaviour, ...more });
  }

  /** As the simulator's README says; what is left out is as good as can be. */
  async tell(behaviour: object): Promise<void> {
    const reply = await this.system.client('simulator').send('PUT', `${this.path}/behaviour`, JSON.stringify(behaviour), json);
    if (reply.status !== 200) throw new Error(`${this.path} does not behave: ${reply.text}`);
  }

  request(account: string, amount: number, more: object = {}, options: PostOptions = {}): Promise<HttpReply> {
    return this.system.gateway.post(`/v1/${this.kind}s`, { account, amount: usd(amount), ...this.order(), ...more }, options);
  }

  async requested(account: string, amount: number, more: object = {}): Promise<string> {
    const reply = await this.request(account, amount, more);
    if (reply.status !== 202) throw new Error(`the order was not accepted: ${reply.text}`);
    return (reply.body as Order).id;
  }

  async look(id: string): Promise<Order> {
    return (await this.system.gateway.get(`/v1/${this.kind}s/${id}`)).body as Order;
  }

  /** The order once it has this status. */
  until(id: string, status: string, patience: Patience = {}): Promise<Order> {
    return this.system.eventually(
      `${id} is ${status}`,
      async () => {
        const seen = await this.look(id);
        if (seen.status !== status) throw new Error(JSON.stringify(seen));
        return seen as Exclude<Order, undefined>;
      },
      { everyMs: 40, ...patience },
    );
  }

  /** Its own record, in its order: `dispensed 5000`. */
  async journal(id?: string): Promise<string[]> {
    const lines = await journalOf(this.system.local.urls, this.kind, this.id);
    return lines.flatMap((line) => (id === undefined || line.id === id ? [`${line.event} ${line.amount}`] : []));
  }

  /** What has become of the money that the wallet set apart for an order. */
  async hold(id: string): Promise<string | undefined> {
    return (await this.system.sql<{ status: string }>('wallet', `select status from holds where id = $1`, [id]))[0]?.status;
  }

  /** What the bank has to collect because of an order. */
  async receivable(id: string): Promise<number> {
    const posted = `select coalesce(sum(-amount), 0)::int as sum from entries where account_id = 'sys_receivable_USD' and transaction_id = $1`;
    return (await this.system.sql<{ sum: number }>('wallet', posted, [id]))[0]?.sum ?? 0;
  }

  /** What stands in the customer's account. */
  async balance(account: string): Promise<Balance> {
    const { posted, held, available } = (await this.system.wallet.get(`/v1/accounts/${account}/balance`)).body as Balance;
    return { posted, held, available };
  }

  /** Asked for, and followed until it has this status. */
  protected async followed(account: string, amount: number, status: string, patience?: Patience): Promise<Order> {
    return this.until(await this.requested(account, amount), status, patience);
  }

  /** What an order says beside account and amount. */
  protected abstract order(): object;

  private get path(): string {
    return `/v1/${wordsOf[this.kind].path}/${this.id}`;
  }
}
