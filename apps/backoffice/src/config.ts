import { databaseUrl, serviceSettings } from '@falconpay/service/settings';
import { integer, optional, url } from '@falconpay/telemetry/configuration';

const serviceUrl = (service: string) =>
  optional(url({ meaning: `Where the ${service} answers; on this machine, at its port, when not set` }));

export const settings = {
  ...serviceSettings,
  BACKOFFICE_DATABASE_URL: databaseUrl('The Postgres database of the back office'),
  BACKOFFICE_TIMELINE_DAYS: integer({ default: 30, min: 1, meaning: 'How long it is remembered which events were published' }),
  BACKOFFICE_OVERDUE_AFTER_MS: integer({
    default: 60_000,
    min: 100,
    meaning: 'How long a service may take to answer an event before its saga is stuck',
  }),
  BACKOFFICE_OVERDUE_OUTSIDE_MS: integer({
    default: 900_000,
    min: 100,
    meaning: 'How long a saga may wait for a timer or for the outside world before it is stuck',
  }),
  BACKOFFICE_SWEEP_EVERY_MS: integer({ default: 60_000, min: 50, meaning: 'How often the list of open sagas is looked through' }),
  BACKOFFICE_REPLAY_EVERY_MS: integer({ default: 200, min: 10, meaning: 'How often replays under way are looked after' }),
  PAYMENT_URL: serviceUrl('payment service'),
  WALLET_URL: serviceUrl('wallet'),
  ATM_GATEWAY_URL: serviceUrl('gateway'),
} as const;
