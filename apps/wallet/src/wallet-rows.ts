import { defineUseCase } from '@falconpay/pipeline/use-case';
import type { Tables } from '@falconpay/pipeline/table';
import type { Account } from './accounts/account.js';
import { accountsTable } from './accounts/account.table.js';
import type { Entry, LedgerTransaction } from './ledger/ledger.js';
import { entriesTable, transactionsTable } from './ledger/ledger.table.js';

/** Every kind of row the wallet's use cases can ask for or put. */
export type WalletRows = { accounts: Account; transactions: LedgerTransaction; entries: Entry };

/** In the order in which they are locked and written. */
export const walletTables: Tables<WalletRows> = { accounts: accountsTable, transactions: transactionsTable, entries: entriesTable };

export const walletUseCase = defineUseCase<WalletRows>();
