import { databaseUrl, serviceSettings } from '@falconpay/service/settings';
import { flag, integer, optional, url } from '@falconpay/telemetry/configuration';

const dayMs = 24 * 60 * 60_000;

export const settings = {
  ...serviceSettings,
  ATM_GATEWAY_DATABASE_URL: databaseUrl('The Postgres database of the gateway'),
  ATM_DISPENSE_TIMEOUT_MS: integer({ default: 30_000, min: 50, meaning: 'How long a machine’s answer is waited for before it is asked' }),
  ATM_RECONCILE_EVERY_MS: integer({ default: 300_000, min: 50, meaning: 'How often orders are looked for that nobody works on' }),
  ATM_REVIEW_AFTER_MS: integer({ default: dayMs, min: 100, meaning: 'How long a partner is asked before people have to look' }),
  ATM_HOLD_LIFETIME_MS: integer({
    default: 7 * dayMs,
    min: 1_000,
    meaning: 'How long money stays set apart for an order that nobody has a doubt about',
  }),
  ATM_ERRANDS_EVERY_MS: integer({ default: 250, min: 10, meaning: 'How often errands are looked for whose time has come' }),
  ATM_WITHDRAWAL_MAX_NOTES: integer({ default: 500, min: 1, meaning: 'The most one withdrawal may be, in the machine’s smallest notes' }),
  RECONCILE_CUT_OFF_HOUR: integer({
    default: 3,
    min: 0,
    max: 23,
    meaning: 'From this hour on (UTC) partners’ records of the day before are compared with our books, once a day',
  }),
  FALCONPAY_SEED_DEMO: flag({ default: false, meaning: 'Make the demo’s cash machine known on starting, where it is missing' }),
  SIMULATOR_URL: optional(url({ meaning: 'Where the demo’s machine is; on this machine when not given', protocols: ['http:', 'https:'] })),
  PARTNER_CALLS: integer({ default: 64, min: 1, max: 10_000, meaning: 'Most calls under way to one partner, and as many inquiries' }),
  PARTNER_CALLS_IN_TOTAL: integer({ default: 2_000, min: 1, max: 100_000, meaning: 'Most calls under way to all partners' }),
} as const;
