import { databaseUrl, serviceSettings } from '@falconpay/service/settings';
import { flag, integer, timeZone } from '@falconpay/telemetry/configuration';

export const settings = {
  ...serviceSettings,
  WALLET_DATABASE_URL: databaseUrl('The Postgres database of the wallet'),
  WALLET_HOLD_EXPIRY_EVERY_MS: integer({ default: 1_000, min: 10, meaning: 'How often holds are looked for whose time is over' }),
  WALLET_BUSINESS_ZONE: timeZone({ default: 'UTC', meaning: 'By whose calendar days are told, for limits that are set from now on' }),
  FALCONPAY_SEED_DEMO: flag({ default: false, meaning: 'Open the accounts of the demo on starting, where they are missing' }),
  WALLET_SEAL_EVERY_MS: integer({ default: 5_000, min: 10, meaning: 'How often new entries of the ledger are sealed into a block' }),
} as const;
