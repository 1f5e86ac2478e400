import type { Money } from '@falconpay/money/money';
import { refuseSpending } from '../../accounts/refusal.js';
import { systemAccount } from '../../ledger/system-accounts.js';
import { walletUseCase } from '../../wallet-rows.js';
import { holdView } from '../hold-view.js';
import { placeHold as decidePlacing, type HoldOrder } from '../hold.js';

export interface PlaceHold {
  readonly client: string;
  readonly account: string;
  readonly amount: Money;
  readonly expiresAt?: Date;
  readonly reference?: string;
}

/** Sets money apart for somebody who will take it later, or not. */
export const placeHold = walletUseCase({
  name: 'place-hold',
  needs: ({ client, account }: PlaceHold) => ({ clients: [client], accounts: [account] }),
  decide: ({ client, account, amount, expiresAt, reference }, rows, moment) => {
    const order: HoldOrder = {
      ...{ id: moment.newId('hold'), account, amount, expiresAt, reference, source: 'request' },
      counterAccount: systemAccount('clearing', amount.currency),
    };
    const found = rows.get('accounts', account);
    const decision = decidePlacing(order, found, moment.now, rows.get('clients', client));
    if ('refused' in decision) return refuseSpending(found, { client, kind: 'hold', amount }, decision.refused);
    return {
      put: { clients: decision.clients, accounts: [decision.account], holds: [decision.hold] },
      reply: { status: 201, headers: { location: `/v1/holds/${decision.hold.id}` }, body: holdView(decision.hold) },
    };
  },
});
