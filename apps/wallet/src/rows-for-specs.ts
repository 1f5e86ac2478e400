import type { Needs, Rows } from '@falconpay/pipeline/use-case';
import type { WalletRows } from './wallet-rows.js';

/** The rows a use case asked for, out of those there are; whoever reaches for another one is told. */
export function rowsForSpecs(
  needs: Needs<WalletRows>,
  there: { readonly [Name in keyof WalletRows]?: readonly WalletRows[Name][] },
): Rows<WalletRows> {
  return {
    get(table, key) {
      if (!needs[table]?.includes(key)) throw new Error(`${key} was not named in needs`);
      const rows: readonly object[] = there[table] ?? [];
      return rows.find((row) =>
        Object.entries(row).some(([name, value]) => (name === 'id' || name === 'number') && value === key),
      ) as never;
    },
  };
}
