import type { Currency } from '@falconpay/money/currency';
import { walletUseCase } from '../../wallet-rows.js';
import { accountView } from '../account-view.js';
import { accountNumberFor } from '../account-number.js';
import { newAccount } from '../account.js';

export interface OpenAccount {
  readonly number?: string;
  readonly owner: string;
  readonly currency: Currency;
}

/** Opens an empty account, under the number asked for or one of ours. */
export const openAccount = walletUseCase({
  name: 'open-account',
  needs: ({ number }: OpenAccount) => (number === undefined ? {} : { accounts: [number] }),
  decide: ({ number, owner, currency }, rows, moment) => {
    if (number !== undefined && rows.get('accounts', number)) {
      return { reply: { refused: 'number-taken', detail: `account number ${number} is taken` } };
    }
    const id = moment.newId('acc');
    const account = newAccount({ id, number: number ?? accountNumberFor(id), owner, currency }, moment.now);
    return {
      put: { accounts: [account] },
      reply: { status: 201, headers: { location: `/v1/accounts/${id}` }, body: accountView(account) },
    };
  },
});
