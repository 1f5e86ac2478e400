import type { Currency } from '@falconpay/money/currency';

/** The bank's own side of a transaction. */
export type SystemAccountKind = 'cash' | 'equity';

/** A system account is a name: it has no row, so nothing ever waits for its lock, and its balance is the sum of its entries. */
export const systemAccount = (kind: SystemAccountKind, currency: Currency): string => `sys_${kind}_${currency}`;
