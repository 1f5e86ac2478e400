import type { Currency } from '@falconpay/money/currency';
import type { Partner, PartnerKind } from './partner-port.js';

/** A machine, bank or institution as it was made known to us. */
export interface RegisteredPartner extends Partner {
  /** What a machine pays out; a bank takes what comes. */
  readonly currency: Currency | undefined;
  /** Of a machine, in minor units. */
  readonly smallestNote: bigint | undefined;
  readonly version: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** As it is to be from now on. */
export const registered = (
  partner: Omit<RegisteredPartner, 'version' | 'createdAt' | 'updatedAt'>,
  known: RegisteredPartner | undefined,
  now: Date,
): RegisteredPartner => ({ ...partner, version: (known?.version ?? 0) + 1, createdAt: known?.createdAt ?? now, updatedAt: now });

export const partnerKey = (kind: PartnerKind, id: string): string => `${kind}/${id}`;

export function partnerOfKey(key: string): Pick<Partner, 'kind' | 'id'> {
  const slash = key.indexOf('/');
  return { kind: key.slice(0, slash) as PartnerKind, id: key.slice(slash + 1) };
}
