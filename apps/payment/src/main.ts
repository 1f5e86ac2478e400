import { consumerGroup, topics } from '@falconpay/contracts/choreography';
import { runService } from '@falconpay/service/run-service';
import { readConfigOrExit } from '@falconpay/telemetry/configuration';
import { settings } from './config.js';
import { CreatePayment1763683200000 } from './migrations/1763683200000-create-payment.js';
import { OpenTransfers1763770000000 } from './migrations/1763770000000-open-transfers.js';
import { CreateRefunds1764288000000 } from './migrations/1764288000000-create-refunds.js';
import { observeTransfers } from './observe-transfers.js';
import { paymentTables } from './payment-rows.js';
import { subscriptions } from './subscriptions.js';
import { CreateBulkController } from './transfers/create-bulk/create-bulk.http.js';
import { CreateRefundController } from './transfers/create-refund/create-refund.http.js';
import { CreateTransferController } from './transfers/create-transfer/create-transfer.http.js';
import { GetTransferController } from './transfers/get-transfer/get-transfer.http.js';
import { ListTransfersController } from './transfers/list-transfers/list-transfers.http.js';
import { TransferWatch } from './transfers/transfer-watch.js';

const configuration = readConfigOrExit(settings);

await runService(
  {
    name: 'payment',
    consumerGroup: consumerGroup('payment'),
    migrations: [CreatePayment1763683200000, OpenTransfers1763770000000, CreateRefunds1764288000000],
    tables: paymentTables,
    subscriptions,
    topics,
  },
  { ...configuration, databaseUrl: configuration.PAYMENT_DATABASE_URL },
  {
    portOffset: 1,
    version: '0.1.0',
    description: 'Transfers and refunds: accepted, followed, closed.',
    controllers: [CreateBulkController, CreateTransferController, CreateRefundController, ListTransfersController, GetTransferController],
    providers: (runtime, metrics, logger) => {
      const watch = new TransferWatch(runtime.source);
      observeTransfers(runtime, watch, metrics, logger);
      return [{ provide: TransferWatch, useValue: watch }];
    },
  },
);
