import { holdCaptured } from '@falconpay/contracts/topics/hold-captured.topic';
import { holdPlaced } from '@falconpay/contracts/topics/hold-placed.topic';
import { holdRefused } from '@falconpay/contracts/topics/hold-refused.topic';
import { holdReleased } from '@falconpay/contracts/topics/hold-released.topic';
import { toWire } from '@falconpay/money/money';
import { emit, type NewEvent } from '@falconpay/pipeline/use-case';
import type { MoneyRefusal } from '../accounts/refusal.js';
import type { Hold } from './hold.js';

/** What the wallet tells a saga of its hold. The saga's own word is version 1 of it, the wallet's first is version 2. */
export function placed({ id, accountId, amount, currency, version }: Hold, expiresAt: Date): NewEvent {
  const expires_at = expiresAt.toISOString();
  return emit(holdPlaced, { saga_id: id, account_id: accountId, amount: toWire({ amount, currency }), expires_at }, version + 2);
}

export const refused = (sagaId: string, { code, detail }: MoneyRefusal): NewEvent =>
  emit(holdRefused, { saga_id: sagaId, code, detail }, 2);

export const captured = ({ id, captured: amount, currency, version }: Hold, at: Date): NewEvent =>
  emit(holdCaptured, { saga_id: id, captured: toWire({ amount, currency }), captured_at: at.toISOString() }, version + 2);

export const released = ({ id, version }: Hold, at: Date): NewEvent =>
  emit(holdReleased, { saga_id: id, released_at: at.toISOString() }, version + 2);
