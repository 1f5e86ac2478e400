import type { SubscriptionsOf } from '@falconpay/contracts/choreography';
import type { PaymentCreated } from '@falconpay/contracts/topics/payment-created.topic';
import type { PayoutRequested } from '@falconpay/contracts/topics/payout-requested.topic';
import type { RedemptionApproved } from '@falconpay/contracts/topics/redemption-approved.topic';
import type { WithdrawalRequested } from '@falconpay/contracts/topics/withdrawal-requested.topic';
import { fromWire, type WireMoney } from '@falconpay/money/money';
import { on } from '@falconpay/pipeline/event-intake';
import { captureSagaHold } from './holds/capture-saga-hold/capture-saga-hold.js';
import { placeSagaHold, type PlaceSagaHold } from './holds/place-saga-hold/place-saga-hold.js';
import { releaseSagaHold } from './holds/release-saga-hold/release-saga-hold.js';
import { creditRedemption, type CreditRedemption } from './ledger/credit-redemption/credit-redemption.js';
import { postBulk } from './ledger/post-bulk/post-bulk.js';
import { postShortage } from './ledger/post-shortage/post-shortage.js';
import { postTransfer } from './ledger/post-transfer/post-transfer.js';
import { systemAccount, type SystemAccountKind } from './ledger/system-accounts.js';
import type { TransferOrder } from './ledger/transfer-decision.js';

const orderOf = (data: PaymentCreated): TransferOrder => ({
  paymentId: data.payment_id,
  kind: data.kind,
  from: data.from,
  to: data.to,
  amount: fromWire(data.amount),
  reference: data.reference,
  expiresAt: new Date(data.expires_at),
  client: data.client,
});

const holdForWithdrawal = (data: WithdrawalRequested): PlaceSagaHold => {
  const amount = fromWire(data.amount);
  return {
    ...{ id: data.withdrawal_id, account: data.account, amount, source: 'withdrawal', reference: data.atm_id },
    ...{ counterAccount: systemAccount('machines', amount.currency), expiresAt: new Date(data.expires_at), client: data.client },
  };
};
const holdForPayout = (data: PayoutRequested): PlaceSagaHold => {
  const amount = fromWire(data.amount);
  return {
    ...{ id: data.payout_id, account: data.account, amount, source: 'payout', reference: data.reference },
    ...{ counterAccount: systemAccount('banks', amount.currency), expiresAt: new Date(data.expires_at), client: data.client },
  };
};
const holdOfWithdrawal = (data: { readonly withdrawal_id: string; readonly account_id: string }) => ({
  sagaId: data.withdrawal_id,
  account: data.account_id,
});
const holdOfPayout = (data: { readonly payout_id: string; readonly account_id: string }) => ({
  sagaId: data.payout_id,
  account: data.account_id,
});
const shortageOf = (sagaId: string, kind: SystemAccountKind, paid: WireMoney) => {
  const amount = fromWire(paid);
  return { sagaId, to: systemAccount(kind, amount.currency), amount };
};

const creditOf = (data: RedemptionApproved): CreditRedemption => ({
  ...{ redemptionId: data.redemption_id, account: data.account, amount: fromWire(data.amount), institution: data.institution },
  ...{ card: data.card, client: data.client, expiresAt: new Date(data.expires_at) },
});

/** Everything that can wake the wallet, besides HTTP. */
export const subscriptions = {
  'payment.created': on(postTransfer, (data: PaymentCreated) => ({
    order: orderOf(data),
    bulkId: data.bulk_id,
  })),
  'bulk.created': on(postBulk, (data) => ({ bulkId: data.bulk_id, orders: data.payments.map(orderOf) })),
  'withdrawal.requested': on(placeSagaHold, holdForWithdrawal),
  'withdrawal.dispensed': on(captureSagaHold, (data) => ({ ...holdOfWithdrawal(data), paid: fromWire(data.dispensed) })),
  'withdrawal.failed': on(releaseSagaHold, holdOfWithdrawal),
  'withdrawal.short': on(postShortage, (data) => shortageOf(data.withdrawal_id, 'machines', data.dispensed)),
  'payout.requested': on(placeSagaHold, holdForPayout),
  'payout.accepted': on(captureSagaHold, (data) => ({ ...holdOfPayout(data), paid: fromWire(data.paid) })),
  'payout.failed': on(releaseSagaHold, holdOfPayout),
  'payout.short': on(postShortage, (data) => shortageOf(data.payout_id, 'banks', data.paid)),
  'redemption.approved': on(creditRedemption, creditOf),
} satisfies SubscriptionsOf<'wallet'>;
