import type { Money } from '@falconpay/money/money';
import { walletUseCase } from '../../wallet-rows.js';
import { captureHold } from '../hold.js';
import { knownSagaHold, sagaHoldNeeds, type SagaHold } from '../known-saga-hold.js';
import { captured } from '../saga-hold-events.js';

export interface CaptureSagaHold extends SagaHold {
  readonly paid: Money;
}

/** What has been paid out leaves the account, and the rest is given back. */
export const captureSagaHold = walletUseCase({
  name: 'capture-saga-hold',
  needs: (message: CaptureSagaHold) => sagaHoldNeeds(message),
  decide: (message, rows, { now }) => {
    const { hold, account } = knownSagaHold(rows, message);
    const decision = captureHold(hold, account, { amount: message.paid.amount, to: hold.counterAccount }, now);
    if (typeof decision === 'string') return {};
    const { posting, transaction } = decision;
    return {
      put: { accounts: posting.accounts, holds: [decision.hold], transactions: [transaction], entries: posting.entries },
      events: [captured(decision.hold, transaction.createdAt)],
    };
  },
});
