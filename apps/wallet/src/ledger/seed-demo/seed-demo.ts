import { currency, type Currency } from '@falconpay/money/currency';
import { walletUseCase } from '../../wallet-rows.js';
import { newAccount, type Account } from '../../accounts/account.js';
import { posted, postFromSystem, type Cause, type LedgerTransaction, type Posting } from '../ledger.js';
import { systemAccount } from '../system-accounts.js';

interface DemoAccount {
  readonly number: string;
  readonly owner: string;
  readonly currency: Currency;
  readonly opening: bigint;
}

export const demoAccounts: readonly DemoAccount[] = [
  { number: '1001', owner: 'Amal', currency: currency('USD'), opening: 500_00n },
  { number: '1002', owner: 'Badr', currency: currency('USD'), opening: 1250_75n },
  { number: '9999', owner: 'Dalal', currency: currency('USD'), opening: 0n },
  { number: '2001', owner: 'Huda', currency: currency('OMR'), opening: 10_000n },
  { number: '2002', owner: 'Salim', currency: currency('OMR'), opening: 0n },
];

/** Opens the demo's accounts that are missing, funded by real entries from the bank's equity. */
export const seedDemo = walletUseCase({
  name: 'seed-demo',
  needs: (accounts: readonly DemoAccount[]) => ({ accounts: accounts.map(({ number }) => number) }),
  decide: (accounts, rows, moment) => {
    const missing = accounts.filter(({ number }) => !rows.get('accounts', number));
    const opened: Account[] = [];
    const postings: { posting: Posting; transaction: LedgerTransaction }[] = [];
    for (const { number, owner, currency, opening } of missing) {
      const empty = newAccount({ id: moment.newId('acc'), number, owner, currency }, moment.now);
      if (opening === 0n) opened.push(empty);
      else {
        const cause: Cause = { id: moment.newId('opn'), type: 'opening', reference: 'demo', createdAt: moment.now };
        const posting = postFromSystem(cause, systemAccount('equity', currency), empty, { amount: opening, currency });
        postings.push({ posting, transaction: posted(cause) });
        opened.push(...posting.accounts);
      }
    }
    return {
      put: {
        accounts: opened,
        transactions: postings.map(({ transaction }) => transaction),
        entries: postings.flatMap(({ posting }) => posting.entries),
      },
      reply: { status: 201, body: { opened: opened.length } },
    };
  },
});
