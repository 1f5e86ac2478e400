import { redemptionApproved } from '@falconpay/contracts/topics/redemption-approved.topic';
import { toWire } from '@falconpay/money/money';
import { emit, type NewEvent } from '@falconpay/pipeline/use-case';
import type { Order } from '../orders/order.js';

/** The card has been charged: the wallet is asked, once. */
export const approved = ({ id, account, amount, partner, cardToken, client, expiresAt, version }: Order): NewEvent =>
  emit(
    redemptionApproved,
    {
      ...{ redemption_id: id, account, amount: toWire(amount), institution: partner, card: cardToken ?? '', client },
      expires_at: expiresAt.toISOString(),
    },
    version,
  );
