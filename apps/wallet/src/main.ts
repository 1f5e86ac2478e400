import { consumerGroup, topics } from '@falconpay/contracts/choreography';
import { runService } from '@falconpay/service/run-service';
import { readConfigOrExit } from '@falconpay/telemetry/configuration';
import { FreezeAccountController } from './accounts/freeze-account/freeze-account.http.js';
import { GetAccountController } from './accounts/get-account/get-account.http.js';
import { GetBalanceController } from './accounts/get-balance/get-balance.http.js';
import { OpenAccountController } from './accounts/open-account/open-account.http.js';
import { settings } from './config.js';
import { DepositMoneyController } from './ledger/deposit-money/deposit-money.http.js';
import { openDemoAccounts } from './ledger/seed-demo/open-demo-accounts.js';
import { CreateWallet1763683200000 } from './migrations/1763683200000-create-wallet.js';
import { observeLedger } from './observe-ledger.js';
import { subscriptions } from './subscriptions.js';
import { walletTables } from './wallet-rows.js';

const configuration = readConfigOrExit(settings);

await runService(
  {
    name: 'wallet',
    consumerGroup: consumerGroup('wallet'),
    migrations: [CreateWallet1763683200000],
    tables: walletTables,
    subscriptions,
    topics,
  },
  { ...configuration, databaseUrl: configuration.WALLET_DATABASE_URL },
  {
    portOffset: 2,
    version: '0.1.0',
    description: 'Accounts, balances and the double-entry ledger: the only place where money is decided.',
    controllers: [OpenAccountController, FreezeAccountController, GetBalanceController, GetAccountController, DepositMoneyController],
    providers: (runtime, _metrics, logger) => {
      observeLedger(runtime, logger);
      return [];
    },
    onStart: async (runtime) => {
      if (configuration.FALCONPAY_SEED_DEMO) await openDemoAccounts(runtime.pipeline);
    },
  },
);
