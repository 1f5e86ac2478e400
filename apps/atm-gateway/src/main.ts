import { consumerGroup, topics } from '@falconpay/contracts/choreography';
import { runService } from '@falconpay/service/run-service';
import { readConfigOrExit } from '@falconpay/telemetry/configuration';
import { settings } from './config.js';
import { gatewayTables } from './gateway-rows.js';
import { ListMachinesController } from './machines/list-machines/list-machines.http.js';
import { PutMachineController } from './machines/put-machine/put-machine.http.js';
import { ReconcileMachineController } from './machines/reconcile-machine/reconcile-machine.http.js';
import { seedDemo } from './machines/seed-demo/seed-demo.js';
import { CreateGateway1764288000000 } from './migrations/1764288000000-create-gateway.js';
import { TakeRecords1764460800000 } from './migrations/1764460800000-take-records.js';
import { observeOrders } from './observe-orders.js';
import { observeRecords } from './observe-records.js';
import { orderDesk } from './orders/order-desk.js';
import { OrderWatch } from './orders/order-watch.js';
import { resumeOrdersBy } from './orders/resume-orders/resume-orders.timer.js';
import { PartnerHttp } from './outside/partner-http.js';
import { sendErrands } from './outside/send-errands.js';
import { ListBreaksController } from './reconciliation/list-breaks/list-breaks.http.js';
import { ListRecordsController } from './reconciliation/list-records/list-records.http.js';
import { reconcileDaysBy } from './reconciliation/reconcile-days.timer.js';
import { Reconciler } from './reconciliation/reconciler.js';
import { subscriptions } from './subscriptions.js';
import { GetWithdrawalController } from './withdrawals/get-withdrawal/get-withdrawal.http.js';
import { ListWithdrawalsController } from './withdrawals/list-withdrawals/list-withdrawals.http.js';
import { RequestWithdrawalController } from './withdrawals/request-withdrawal/request-withdrawal.http.js';
import { ResolveWithdrawalController } from './withdrawals/resolve-withdrawal/resolve-withdrawal.http.js';
import { WithdrawalLimits } from './withdrawals/withdrawal-limits.js';

const configuration = readConfigOrExit(settings);
const patience = { answerWithinMs: configuration.ATM_DISPENSE_TIMEOUT_MS, reviewAfterMs: configuration.ATM_REVIEW_AFTER_MS };
const port = new PartnerHttp({ perPartner: configuration.PARTNER_CALLS, inTotal: configuration.PARTNER_CALLS_IN_TOTAL });
const simulatorUrl = configuration.SIMULATOR_URL ?? `http://127.0.0.1:${configuration.FALCONPAY_PORT_BASE + 9}`;
const { RECONCILE_CUT_OFF_HOUR: cutOffHour, ATM_HOLD_LIFETIME_MS: waitsForMs } = configuration;

await runService(
  {
    name: 'atm-gateway',
    consumerGroup: consumerGroup('atm-gateway'),
    migrations: [CreateGateway1764288000000, TakeRecords1764460800000],
    tables: gatewayTables,
    subscriptions,
    topics,
  },
  { ...configuration, databaseUrl: configuration.ATM_GATEWAY_DATABASE_URL },
  {
    portOffset: 3,
    version: '0.1.0',
    description: 'Everything outside the walls: cash machines.',
    controllers: [
      ...[RequestWithdrawalController, ListWithdrawalsController, GetWithdrawalController, ResolveWithdrawalController],
      ...[PutMachineController, ListMachinesController, ReconcileMachineController],
      ...[ListRecordsController, ListBreaksController],
    ],
    providers: (runtime, metrics, logger) => {
      const watch = new OrderWatch(runtime.source);
      observeOrders(runtime, watch, metrics, logger);
      observeRecords(runtime, metrics, logger);
      const limits = new WithdrawalLimits(configuration.ATM_WITHDRAWAL_MAX_NOTES, configuration.ATM_HOLD_LIFETIME_MS);
      return [
        { provide: OrderWatch, useValue: watch },
        { provide: WithdrawalLimits, useValue: limits },
        { provide: Reconciler, useValue: new Reconciler(runtime, port, { cutOffHour, waitsForMs }) },
      ];
    },
    onStart: async (runtime, logger) => {
      if (configuration.FALCONPAY_SEED_DEMO) await runtime.run(seedDemo, { simulatorUrl });
      sendErrands(runtime, port, { withdrawal: orderDesk(runtime, port, patience) }, configuration.ATM_ERRANDS_EVERY_MS, logger);
      resumeOrdersBy(runtime, configuration.ATM_RECONCILE_EVERY_MS, logger);
      const reconciler = new Reconciler(runtime, port, { cutOffHour, waitsForMs });
      reconcileDaysBy(runtime, reconciler, cutOffHour, configuration.ATM_RECONCILE_EVERY_MS);
    },
  },
);
