import { payoutAccepted } from '@falconpay/contracts/topics/payout-accepted.topic';
import { payoutFailed } from '@falconpay/contracts/topics/payout-failed.topic';
import { payoutReconciling } from '@falconpay/contracts/topics/payout-reconciling.topic';
import { payoutShort } from '@falconpay/contracts/topics/payout-short.topic';
import { withdrawalDispensed } from '@falconpay/contracts/topics/withdrawal-dispensed.topic';
import { withdrawalFailed } from '@falconpay/contracts/topics/withdrawal-failed.topic';
import { withdrawalReconciling } from '@falconpay/contracts/topics/withdrawal-reconciling.topic';
import { withdrawalShort } from '@falconpay/contracts/topics/withdrawal-short.topic';
import { toWire } from '@falconpay/money/money';
import { emit, type NewEvent } from '@falconpay/pipeline/use-case';
import type { Order, OutgoingKind } from './order.js';
import type { Announcement } from './ruling.js';

/** How each kind of order tells the wallet what has become of it. */
const announcements: Readonly<Record<OutgoingKind, (order: Order, announcement: Announcement) => NewEvent>> = {
  withdrawal: (order, announcement) => {
    const about = { withdrawal_id: order.id, account_id: order.accountId ?? order.account };
    switch (announcement) {
      case 'paid':
        return emit(withdrawalDispensed, { ...about, dispensed: paidBy(order) }, order.version);
      case 'short':
        return emit(withdrawalShort, { ...about, dispensed: paidBy(order) }, order.version);
      case 'doubted':
        return emit(withdrawalReconciling, about, order.version);
      case 'failed':
        return emit(withdrawalFailed, { ...about, ...whyNot(order) }, order.version);
    }
  },
  payout: (order, announcement) => {
    const about = { payout_id: order.id, account_id: order.accountId ?? order.account };
    switch (announcement) {
      case 'paid':
        return emit(payoutAccepted, { ...about, paid: paidBy(order) }, order.version);
      case 'short':
        return emit(payoutShort, { ...about, paid: paidBy(order) }, order.version);
      case 'doubted':
        return emit(payoutReconciling, about, order.version);
      case 'failed':
        return emit(payoutFailed, { ...about, ...whyNot(order) }, order.version);
    }
  },
};

const paidBy = ({ paid, amount }: Order) => toWire({ amount: paid ?? 0n, currency: amount.currency });

const whyNot = ({ failure }: Order) => ({ code: failure?.code ?? '', detail: failure?.detail ?? '' });

export const announced = (order: Order, announcement: Announcement | undefined): NewEvent[] =>
  announcement === undefined ? [] : [announcements[order.kind as OutgoingKind](order, announcement)];
