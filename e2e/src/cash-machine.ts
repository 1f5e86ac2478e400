import { randomUUID } from 'node:crypto';
import type { RunningSystem } from '@falconpay/testing/running-system';
import type { HttpReply, PostOptions } from '@falconpay/testing/service-client';
import { Partner, type PartnerOrder } from './partner.js';

export interface Withdrawal extends PartnerOrder {
  readonly dispensed?: { readonly amount: number; readonly currency: string };
}

export class CashMachine extends Partner<Withdrawal> {
  /** `through`: where the gateway finds it, when not at the simulator itself. */
  static async install(system: RunningSystem, through = system.local.urls['simulator']): Promise<CashMachine> {
    const id = `M${randomUUID().slice(0, 8)}`;
    const machine = new CashMachine(system, id, 'withdrawal', { currency: 'USD', smallest_note: 100 });
    await machine.moveTo(`${through}/v1/atms/${id}`);
    return machine;
  }

  withdraw(account: string, amount: number, status: string): Promise<Withdrawal> {
    return this.followed(account, amount, status);
  }

  resolve(id: string, outcome: 'dispensed' | 'not_dispensed', more: object = {}, options: PostOptions = {}): Promise<HttpReply> {
    return this.system.gateway.post(
      `/v1/withdrawals/${id}/resolution`,
      { outcome, reason: 'the cassettes were counted', ...more },
      options,
    );
  }

  protected order(): object {
    return { atm_id: this.id };
  }
}
