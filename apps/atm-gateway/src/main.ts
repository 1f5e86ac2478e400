import { consumerGroup, topics } from '@falconpay/contracts/choreography';
import { runService } from '@falconpay/service/run-service';
import { readConfigOrExit } from '@falconpay/telemetry/configuration';
import { ListBanksController } from './banks/list-banks/list-banks.http.js';
import { PutBankController } from './banks/put-bank/put-bank.http.js';
import { ReconcileBankController } from './banks/reconcile-bank/reconcile-bank.http.js';
import { settings } from './config.js';
import { gatewayTables } from './gateway-rows.js';
import { ListInstitutionsController } from './institutions/list-institutions/list-institutions.http.js';
import { PutInstitutionController } from './institutions/put-institution/put-institution.http.js';
import { ReconcileInstitutionController } from './institutions/reconcile-institution/reconcile-institution.http.js';
import { ListMachinesController } from './machines/list-machines/list-machines.http.js';
import { PutMachineController } from './machines/put-machine/put-machine.http.js';
import { ReconcileMachineController } from './machines/reconcile-machine/reconcile-machine.http.js';
import { seedDemo } from './machines/seed-demo/seed-demo.js';
import { CreateGateway1764288000000 } from './migrations/1764288000000-create-gateway.js';
import { TakeRecords1764460800000 } from './migrations/1764460800000-take-records.js';
import { PayOutToBanks1764547200000 } from './migrations/1764547200000-pay-out-to-banks.js';
import { RedeemCards1764633600000 } from './migrations/1764633600000-redeem-cards.js';
import { LetOrdersExpire1764806400000 } from './migrations/1764806400000-let-orders-expire.js';
import { observeOrders } from './observe-orders.js';
import { observeRecords } from './observe-records.js';
import type { Task } from './orders/claim-errand/claim-errand.js';
import { orderDesk } from './orders/order-desk.js';
import { OrderWatch } from './orders/order-watch.js';
import { resumeOrdersBy } from './orders/resume-orders/resume-orders.timer.js';
import { CircuitBreaker } from './outside/circuit-breaker.js';
import { GuardedPort } from './outside/guarded-port.timer.js';
import { PartnerHttp } from './outside/partner-http.js';
import { sendErrands } from './outside/send-errands.js';
import { GetPayoutController } from './payouts/get-payout/get-payout.http.js';
import { ListPayoutsController } from './payouts/list-payouts/list-payouts.http.js';
import { observePayouts } from './payouts/observe-payouts.js';
import { PayoutDoor } from './payouts/payout-door.timer.js';
import { PayoutLimits } from './payouts/payout-limits.js';
import { lookAtQueue } from './payouts/payout-queue.table.js';
import { RequestPayoutController } from './payouts/request-payout/request-payout.http.js';
import { ResolvePayoutController } from './payouts/resolve-payout/resolve-payout.http.js';
import { ListBreaksController } from './reconciliation/list-breaks/list-breaks.http.js';
import { ListRecordsController } from './reconciliation/list-records/list-records.http.js';
import { reconcileDaysBy } from './reconciliation/reconcile-days.timer.js';
import { Reconciler } from './reconciliation/reconciler.js';
import { CardMemory } from './redemptions/card-memory.timer.js';
import { CardTokens } from './redemptions/card-tokens.js';
import type { CashOutTask } from './redemptions/cash-out-task.js';
import { GetRedemptionController } from './redemptions/get-redemption/get-redemption.http.js';
import { ListRedemptionsController } from './redemptions/list-redemptions/list-redemptions.http.js';
import { observeRedemptions } from './redemptions/observe-redemptions.js';
import { RedemptionDesk } from './redemptions/redemption-desk.timer.js';
import { RedemptionLimits } from './redemptions/redemption-limits.js';
import { RedemptionSender } from './redemptions/redemption-sender.js';
import { RequestRedemptionController } from './redemptions/request-redemption/request-redemption.http.js';
import { subscriptions } from './subscriptions.js';
import { GetWithdrawalController } from './withdrawals/get-withdrawal/get-withdrawal.http.js';
import { ListWithdrawalsController } from './withdrawals/list-withdrawals/list-withdrawals.http.js';
import { RequestWithdrawalController } from './withdrawals/request-withdrawal/request-withdrawal.http.js';
import { ResolveWithdrawalController } from './withdrawals/resolve-withdrawal/resolve-withdrawal.http.js';
import { WithdrawalLimits } from './withdrawals/withdrawal-limits.js';

const configuration = readConfigOrExit(settings);
const reviewAfterMs = configuration.ATM_REVIEW_AFTER_MS;
const redemptionPatience = {
  answerWithinMs: configuration.REDEMPTION_TIMEOUT_MS,
  creditWithinMs: configuration.REDEMPTION_CREDIT_WITHIN_MS,
  firstReversalWaitMs: configuration.REVERSAL_RETRY_MS,
};
const cards = new CardMemory(configuration.REDEMPTION_TIMEOUT_MS);
const redemptionSender = new RedemptionSender(cards);
const circuits = new CircuitBreaker({ failures: configuration.PARTNER_CIRCUIT_FAILURES, pauseMs: configuration.PARTNER_CIRCUIT_PAUSE_MS });
const bounds = { perPartner: configuration.PARTNER_CALLS, inTotal: configuration.PARTNER_CALLS_IN_TOTAL };
const port = new GuardedPort(new PartnerHttp(bounds, configuration.PAYOUT_WORKERS), circuits, configuration.PAYOUT_TIMEOUT_MS);
const simulatorUrl = configuration.SIMULATOR_URL ?? `http://127.0.0.1:${configuration.FALCONPAY_PORT_BASE + 9}`;
const { RECONCILE_CUT_OFF_HOUR: cutOffHour } = configuration;
const waitsForMs = Math.max(configuration.ATM_BEGIN_WITHIN_MS, configuration.PAYOUT_BEGIN_WITHIN_MS);

await runService(
  {
    name: 'atm-gateway',
    consumerGroup: consumerGroup('atm-gateway'),
    migrations: [
      ...[CreateGateway1764288000000, TakeRecords1764460800000, PayOutToBanks1764547200000, RedeemCards1764633600000],
      LetOrdersExpire1764806400000,
    ],
    tables: gatewayTables,
    subscriptions,
    topics,
  },
  { ...configuration, databaseUrl: configuration.ATM_GATEWAY_DATABASE_URL },
  {
    portOffset: 3,
    version: '0.1.0',
    description: 'Everything outside the walls: cash machines, banks, and card institutions.',
    controllers: [
      ...[RequestWithdrawalController, ListWithdrawalsController, GetWithdrawalController, ResolveWithdrawalController],
      ...[PutMachineController, ListMachinesController, ReconcileMachineController],
      ...[ListRecordsController, ListBreaksController],
      ...[PutBankController, ListBanksController, ReconcileBankController],
      ...[RequestPayoutController, ListPayoutsController, GetPayoutController, ResolvePayoutController],
      ...[PutInstitutionController, ListInstitutionsController, ReconcileInstitutionController],
      ...[RequestRedemptionController, ListRedemptionsController, GetRedemptionController],
    ],
    providers: (runtime, metrics, logger) => {
      const watch = new OrderWatch(runtime.source);
      observeOrders(runtime, watch, metrics, logger);
      observeRecords(runtime, metrics, logger);
      const { onTurnedAway } = observePayouts(runtime, circuits, metrics);
      observeRedemptions(runtime, metrics);
      const limits = new WithdrawalLimits(configuration.ATM_WITHDRAWAL_MAX_NOTES, configuration.ATM_BEGIN_WITHIN_MS);
      const capacity = configuration.PAYOUT_WORKERS + configuration.PAYOUT_QUEUE;
      const payoutLimits = new PayoutLimits(capacity, configuration.PAYOUT_BEGIN_WITHIN_MS);
      const payoutDoor = new PayoutDoor(() => lookAtQueue(runtime.source), capacity, onTurnedAway);
      return [
        { provide: OrderWatch, useValue: watch },
        { provide: WithdrawalLimits, useValue: limits },
        { provide: Reconciler, useValue: new Reconciler(runtime, port, { cutOffHour, waitsForMs }) },
        { provide: PayoutLimits, useValue: payoutLimits },
        { provide: PayoutDoor, useValue: payoutDoor },
        { provide: CardTokens, useValue: new CardTokens(configuration.CARD_TOKEN_SECRET) },
        { provide: RedemptionSender, useValue: redemptionSender },
        { provide: RedemptionLimits, useValue: new RedemptionLimits(configuration.REDEMPTION_TIMEOUT_MS) },
      ];
    },
    onStart: async (runtime, logger) => {
      if (configuration.FALCONPAY_SEED_DEMO) await runtime.run(seedDemo, { simulatorUrl });
      const desks = {
        withdrawal: orderDesk(runtime, port, { answerWithinMs: configuration.ATM_DISPENSE_TIMEOUT_MS, reviewAfterMs }),
        payout: orderDesk(runtime, port, { answerWithinMs: configuration.PAYOUT_TIMEOUT_MS, reviewAfterMs }),
        redemption: new RedemptionDesk(runtime, port, cards, redemptionPatience),
      };
      redemptionSender.sendBy(sendErrands<Task | CashOutTask>(runtime, port, desks, configuration.ATM_ERRANDS_EVERY_MS, logger));
      resumeOrdersBy(runtime, configuration.ATM_RECONCILE_EVERY_MS, logger);
      const reconciler = new Reconciler(runtime, port, { cutOffHour, waitsForMs });
      reconcileDaysBy(runtime, reconciler, cutOffHour, configuration.ATM_RECONCILE_EVERY_MS);
    },
  },
);
