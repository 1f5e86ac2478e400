import { databaseUrl, serviceSettings } from '@falconpay/service/settings';
import { flag } from '@falconpay/telemetry/configuration';

export const settings = {
  ...serviceSettings,
  WALLET_DATABASE_URL: databaseUrl('The Postgres database of the wallet'),
  FALCONPAY_SEED_DEMO: flag({ default: false, meaning: 'Open the accounts of the demo on starting, where they are missing' }),
} as const;
