import { randomUUID } from 'node:crypto';
import type { RunningSystem } from '@falconpay/testing/running-system';
import { Partner, type PartnerOrder } from './partner.js';

export interface Payout extends PartnerOrder {
  readonly paid?: { readonly amount: number; readonly currency: string };
}

export const iban = 'DE89370400440532013000';

export class Bank extends Partner<Payout> {
  /** `through`: where the gateway finds it, when not at the simulator itself. */
  static async open(system: RunningSystem, id = `B${randomUUID().slice(0, 8)}`, through = system.local.urls['simulator']): Promise<Bank> {
    const bank = new Bank(system, id, 'payout');
    await bank.moveTo(`${through}/v1/banks/${id}`);
    return bank;
  }

  payOut(account: string, amount: number, status: string): Promise<Payout> {
    return this.followed(account, amount, status);
  }

  protected order(): object {
    return { iban, bank: this.id };
  }
}
