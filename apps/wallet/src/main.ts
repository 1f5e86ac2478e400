import { consumerGroup, topics } from '@falconpay/contracts/choreography';
import { runService } from '@falconpay/service/run-service';
import { readConfigOrExit } from '@falconpay/telemetry/configuration';
import { CloseAccountController } from './accounts/close-account/close-account.http.js';
import { FreezeAccountController } from './accounts/freeze-account/freeze-account.http.js';
import { GetAccountController } from './accounts/get-account/get-account.http.js';
import { GetBalanceController } from './accounts/get-balance/get-balance.http.js';
import { OpenAccountController } from './accounts/open-account/open-account.http.js';
import { settings } from './config.js';
import { CaptureHoldController } from './holds/capture-hold/capture-hold.http.js';
import { expireHoldsBy } from './holds/expire-holds/expire-holds.timer.js';
import { GetHoldController } from './holds/get-hold/get-hold.http.js';
import { PlaceHoldController } from './holds/place-hold/place-hold.http.js';
import { ReleaseHoldController } from './holds/release-hold/release-hold.http.js';
import { ListTransactionsController } from './history/list-transactions/list-transactions.http.js';
import { DepositMoneyController } from './ledger/deposit-money/deposit-money.http.js';
import { sealBlocks } from './ledger-blocks/seal-blocks/seal-blocks.timer.js';
import { demoAccounts, seedDemo } from './ledger/seed-demo/seed-demo.js';
import { WithdrawMoneyController } from './ledger/withdraw-money/withdraw-money.http.js';
import { CreateWallet1763683200000 } from './migrations/1763683200000-create-wallet.js';
import { MakeWalletAProduct1764201600000 } from './migrations/1764201600000-make-wallet-a-product.js';
import { SumLedger1764288000000 } from './migrations/1764288000000-sum-ledger.js';
import { ProveLedger1764374400000 } from './migrations/1764374400000-prove-ledger.js';
import { KeepLimitsAsTold1764720000000 } from './migrations/1764720000000-keep-limits-as-told.js';
import { LeaveHoldsToTheirSagas1764806400000 } from './migrations/1764806400000-leave-holds-to-their-sagas.js';
import { observeLedger } from './observe-ledger.js';
import { BusinessZone } from './rules/business-zone.js';
import { GetAccountLimitsController } from './rules/get-account-limits/get-account-limits.http.js';
import { GetClientLimitsController } from './rules/get-client-limits/get-client-limits.http.js';
import { SetAccountLimitsController } from './rules/set-account-limits/set-account-limits.http.js';
import { SetClientLimitsController } from './rules/set-client-limits/set-client-limits.http.js';
import { subscriptions } from './subscriptions.js';
import { walletTables } from './wallet-rows.js';

const configuration = readConfigOrExit(settings);

await runService(
  {
    name: 'wallet',
    consumerGroup: consumerGroup('wallet'),
    migrations: [
      ...[CreateWallet1763683200000, MakeWalletAProduct1764201600000, SumLedger1764288000000, ProveLedger1764374400000],
      ...[KeepLimitsAsTold1764720000000, LeaveHoldsToTheirSagas1764806400000],
    ],
    tables: walletTables,
    subscriptions,
    topics,
  },
  { ...configuration, databaseUrl: configuration.WALLET_DATABASE_URL },
  {
    portOffset: 2,
    version: '0.1.0',
    description: 'Accounts, balances and the double-entry ledger: the only place where money is decided.',
    controllers: [
      ...[OpenAccountController, FreezeAccountController, CloseAccountController, GetBalanceController, GetAccountController],
      ...[DepositMoneyController, WithdrawMoneyController],
      ListTransactionsController,
      ...[SetAccountLimitsController, GetAccountLimitsController, SetClientLimitsController, GetClientLimitsController],
      ...[PlaceHoldController, GetHoldController, CaptureHoldController, ReleaseHoldController],
    ],
    providers: (runtime, metrics, logger) => {
      observeLedger(runtime, metrics, logger);
      return [{ provide: BusinessZone, useValue: new BusinessZone(configuration.WALLET_BUSINESS_ZONE) }];
    },
    onStart: async (runtime, logger) => {
      if (configuration.FALCONPAY_SEED_DEMO) await runtime.run(seedDemo, demoAccounts);
      expireHoldsBy(runtime, configuration.WALLET_HOLD_EXPIRY_EVERY_MS);
      sealBlocks(runtime, logger, configuration.WALLET_SEAL_EVERY_MS);
    },
  },
);
