import { IsOptional } from 'class-validator';
import {
  IsAccountReference,
  IsDescription,
  IsInstant,
  IsMetadata,
  IsMoney,
  IsReference,
  MoneyDto,
  moneyOf,
} from '@falconpay/http/body-fields';
import type { FieldError } from '@falconpay/http/problem';
import type { TransferOrder } from './transfer.js';

/** What a client sends to move money. */
export class TransferBody {
  @IsAccountReference()
  from!: string;

  @IsAccountReference()
  to!: string;

  @IsMoney()
  amount!: MoneyDto;

  @IsOptional()
  @IsReference()
  reference?: string;

  @IsOptional()
  @IsDescription()
  description?: string;

  @IsOptional()
  @IsMetadata()
  metadata?: Record<string, string>;

  /** The client's own name for this transfer, unique for ever. */
  @IsOptional()
  @IsReference()
  client_reference?: string;

  @IsOptional()
  @IsInstant()
  expires_at?: string;
}

/** The order, or what only the members together show to be wrong. */
export function orderOf(body: TransferBody): TransferOrder | FieldError {
  if (body.from === body.to) return { pointer: '/to', detail: 'must be another account than from' };
  return {
    from: body.from,
    to: body.to,
    amount: moneyOf(body.amount),
    reference: body.reference,
    description: body.description,
    metadata: body.metadata,
    clientReference: body.client_reference,
    expiresAt: body.expires_at === undefined ? undefined : new Date(body.expires_at),
  };
}

export const isFieldError = (order: TransferOrder | FieldError): order is FieldError => 'pointer' in order;
