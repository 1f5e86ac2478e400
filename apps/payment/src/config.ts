import { databaseUrl, serviceSettings } from '@falconpay/service/settings';

export const settings = {
  ...serviceSettings,
  PAYMENT_DATABASE_URL: databaseUrl('The Postgres database of payment'),
} as const;
