import { defineUseCase } from '@falconpay/pipeline/use-case';
import type { Tables } from '@falconpay/pipeline/table';
import { accountEventsTable, type RecordedAccountEvent } from './accounts/account-event.table.js';
import type { Account } from './accounts/account.js';
import { accountsTable } from './accounts/account.table.js';
import { releasesTable, type Release } from './accounts/release.table.js';
import type { Hold } from './holds/hold.js';
import { holdsTable } from './holds/hold.table.js';
import type { Entry, LedgerTransaction } from './ledger/ledger.js';
import { entriesTable, transactionsTable } from './ledger/ledger.table.js';
import type { Client } from './rules/client.js';
import { clientsTable } from './rules/client.table.js';

/** Every kind of row the wallet's use cases can ask for or put. */
export type WalletRows = {
  clients: Client;
  accounts: Account;
  holds: Hold;
  transactions: LedgerTransaction;
  entries: Entry;
  releases: Release;
  accountEvents: RecordedAccountEvent;
};

/** In the order in which they are locked and written: a client's limits first, as whoever waits for them should hold nothing yet. */
export const walletTables: Tables<WalletRows> = {
  clients: clientsTable,
  accounts: accountsTable,
  holds: holdsTable,
  transactions: transactionsTable,
  entries: entriesTable,
  releases: releasesTable,
  accountEvents: accountEventsTable,
};

export const walletUseCase = defineUseCase<WalletRows>();
