import type { DataSource, MigrationInterface } from 'typeorm';
import { defineDatabase, openDatabase } from '@falconpay/postgres/database';
import { CreateWallet1763683200000 } from './migrations/1763683200000-create-wallet.js';
import { MakeWalletAProduct1764201600000 } from './migrations/1764201600000-make-wallet-a-product.js';

interface EmptyDatabase {
  readonly url: string;
  drop(): Promise<void>;
}

export interface MigratedDatabase extends EmptyDatabase {
  readonly source: DataSource;
}

/** The database with the wallet's first tables, and what further migrations make. */
export async function migratedForSpecs(
  database: EmptyDatabase,
  ...further: readonly (new () => MigrationInterface)[]
): Promise<MigratedDatabase> {
  const migrations = [CreateWallet1763683200000, MakeWalletAProduct1764201600000, ...further];
  const source = defineDatabase({ url: database.url, applicationName: 'spec', migrations });
  await openDatabase(source, () => undefined);
  return {
    ...{ url: database.url, source },
    drop: async () => {
      await source.destroy();
      await database.drop();
    },
  };
}
