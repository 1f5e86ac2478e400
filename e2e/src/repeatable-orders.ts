import { randomUUID } from 'node:crypto';
import type { RunningSystem, TestAccount } from '@falconpay/testing/running-system';
import type { HttpReply } from '@falconpay/testing/service-client';

/** A transfer as it is asked for; a reference of its own makes it findable by what it left behind. */
export interface Order {
  readonly from: string;
  readonly to: string;
  readonly amount: { readonly amount: number; readonly currency: string };
  readonly reference: string;
}

export const newKey = (): string => randomUUID();

/** One payer and one payee, and orders between them that may be posted as often as one likes. */
export class Orders {
  private constructor(
    readonly system: RunningSystem,
    readonly payer: TestAccount,
    readonly payee: TestAccount,
  ) {}

  static async on(system: RunningSystem): Promise<Orders> {
    return new Orders(system, await system.account('USD', 1_000_000), await system.account('USD'));
  }

  new(more: object = {}): Order {
    return { from: this.payer.id, to: this.payee.id, amount: { amount: 1, currency: 'USD' }, reference: randomUUID(), ...more };
  }

  post(order: Order, key: string | null): Promise<HttpReply> {
    return this.system.payment.post('/v1/transfers', order, { key });
  }

  /** How many transfers it has become. */
  async effectsOf({ reference }: Order): Promise<number> {
    return (await this.system.sql('payment', 'select id from transfers where reference = $1', [reference])).length;
  }

  async isStored(service: string, key: string): Promise<boolean> {
    return (await this.system.sql(service, 'select 1 from idempotency_keys where key = $1', [key])).length > 0;
  }
}
