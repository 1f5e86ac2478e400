import { randomUUID } from 'node:crypto';
import type { RunningSystem } from '@falconpay/testing/running-system';
import { Partner, type PartnerOrder } from './partner.js';

export interface Redemption extends PartnerOrder {
  readonly approved?: { readonly amount: number; readonly currency: string };
  readonly reversal_id?: string;
}

export const card = { number: '4929123456781234', pin: '8642' };

export class Institution extends Partner<Redemption> {
  /** `through`: where the gateway finds it, when not at the simulator itself. */
  static async join(system: RunningSystem, through = system.local.urls['simulator']): Promise<Institution> {
    const id = `I${randomUUID().slice(0, 8)}`;
    const institution = new Institution(system, id, 'redemption');
    await institution.moveTo(`${through}/v1/institutions/${id}`);
    return institution;
  }

  redeem(account: string, amount: number, status: string): Promise<Redemption> {
    return this.followed(account, amount, status);
  }

  protected order(): object {
    return { institution: this.id, card };
  }
}
