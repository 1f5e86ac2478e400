import type { Money } from '@falconpay/money/money';
import { toWire } from '@falconpay/money/money';
import { momentOn } from '../../accounts/account.js';
import { absenceOf, isInUse, refusalToGive, refusalToMove, refuseSpending, turnDown } from '../../accounts/refusal.js';
import { afterSpending, refusalToClient } from '../../rules/client.js';
import { walletUseCase } from '../../wallet-rows.js';
import { posted, postToSystem, type Cause } from '../ledger.js';
import { systemAccount } from '../system-accounts.js';

export interface WithdrawMoney {
  readonly client: string;
  readonly account: string;
  readonly amount: Money;
  readonly reference?: string;
}

/** Money handed out at a counter: it has left the account when the answer is given. */
export const withdrawMoney = walletUseCase({
  name: 'withdraw-money',
  needs: ({ client, account }: WithdrawMoney) => ({ clients: [client], accounts: [account] }),
  decide: ({ client: clientId, account: key, amount, reference }, rows, moment) => {
    const account = rows.get('accounts', key);
    if (!isInUse(account)) return turnDown(absenceOf(account, key));
    const at = momentOn(moment.now, account);
    const client = rows.get('clients', clientId);
    const refusal =
      refusalToMove([{ account, name: key }], amount) ??
      refusalToGive(account, key, amount, at) ??
      refusalToClient(client, account, amount, at);
    if (refusal) return refuseSpending(account, { client: clientId, kind: 'withdrawal', amount }, refusal);
    const cause: Cause = { id: moment.newId('wdl'), type: 'withdrawal', reference, createdAt: at };
    const { accounts, entries } = postToSystem(cause, account, systemAccount('cash', amount.currency), amount);
    const time = at.toISOString();
    return {
      put: { clients: afterSpending(client, amount, at), accounts, entries, transactions: [posted(cause)] },
      reply: {
        status: 201,
        body: {
          ...{ id: cause.id, account: account.id, status: 'COMPLETED', amount: toWire(amount), reference },
          ...{ created_at: time, updated_at: time },
        },
      },
    };
  },
});
