import { isCurrency, type Currency } from '@falconpay/money/currency';

/**
 * The bank's own side of a transaction. `machines`: what cash machines have paid out; `banks`: what other banks have taken from
 * us; `institutions`: what cards have brought; `receivable`: what is to be collected.
 */
const kinds = ['cash', 'machines', 'banks', 'institutions', 'clearing', 'fees', 'suspense', 'receivable', 'equity'] as const;
export type SystemAccountKind = (typeof kinds)[number];

/** A system account is a name: it has no row, so nothing ever waits for its lock, and its balance is the sum of its entries. */
export const systemAccount = (kind: SystemAccountKind, currency: Currency): string => `sys_${kind}_${currency}`;

const name = new RegExp(`^sys_(?:${kinds.join('|')})_([A-Z]{3})$`);

/** The currency of a system account of this name; undefined when it is none. */
export function currencyOfSystemAccount(key: string): Currency | undefined {
  const currency = name.exec(key)?.[1];
  return isCurrency(currency) ? currency : undefined;
}
