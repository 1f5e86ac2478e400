import { databaseUrl, serviceSettings } from '@falconpay/service/settings';
import { flag, integer, optional, text, url } from '@falconpay/telemetry/configuration';

const dayMs = 24 * 60 * 60_000;

export const settings = {
  ...serviceSettings,
  ATM_GATEWAY_DATABASE_URL: databaseUrl('The Postgres database of the gateway'),
  ATM_DISPENSE_TIMEOUT_MS: integer({ default: 30_000, min: 50, meaning: 'How long a machine’s answer is waited for before it is asked' }),
  ATM_RECONCILE_EVERY_MS: integer({ default: 300_000, min: 50, meaning: 'How often orders are looked for that nobody works on' }),
  ATM_REVIEW_AFTER_MS: integer({ default: dayMs, min: 100, meaning: 'How long a partner is asked before people have to look' }),
  ATM_BEGIN_WITHIN_MS: integer({
    default: 300_000,
    min: 100,
    meaning: 'How long after it was asked for a machine is still told to pay: nobody stands before it any longer',
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
  PAYOUT_WORKERS: integer({ default: 50, min: 1, max: 10_000, meaning: 'Most payouts being sent at once' }),
  PAYOUT_QUEUE: integer({
    default: 100,
    min: 0,
    max: 1_000_000,
    meaning: 'Most payouts that wait beside those, in all instances together; what comes on top is answered with 503',
  }),
  PAYOUT_BEGIN_WITHIN_MS: integer({
    default: 7 * dayMs,
    min: 100,
    meaning: 'How long after it was asked for a payout is still sent',
  }),
  PAYOUT_TIMEOUT_MS: integer({ default: 30_000, min: 50, meaning: 'How long a bank’s answer is waited for before it is asked' }),
  REDEMPTION_TIMEOUT_MS: integer({
    default: 30_000,
    min: 50,
    meaning: 'How long an institution’s answer is waited for before the charge is taken back',
  }),
  REDEMPTION_CREDIT_WITHIN_MS: integer({
    default: 60_000,
    min: 100,
    meaning: 'How long after the charge the wallet may still credit; then it is taken back',
  }),
  REVERSAL_RETRY_MS: integer({
    default: 1_000,
    min: 10,
    max: 60_000,
    meaning: 'The first wait for the acknowledgement of a reversal: it doubles up to 60 times that, then it is 300 times that, for ever',
  }),
  CARD_TOKEN_SECRET: text({
    default: 'falconpay-card',
    meaning: 'Turns card numbers into what tells cards apart; the same for all instances, and nobody else’s',
    secret: true,
  }),
  PARTNER_CIRCUIT_FAILURES: integer({ default: 5, min: 1, meaning: 'So many calls in a row without an answer, and a bank is left alone' }),
  PARTNER_CIRCUIT_PAUSE_MS: integer({
    default: 1_000,
    min: 10,
    max: 60_000,
    meaning: 'How long, before one call tries again; twice as long each time that fails, up to a minute',
  }),
  PARTNER_CALLS: integer({ default: 64, min: 1, max: 10_000, meaning: 'Most calls under way to one partner, and as many inquiries' }),
  PARTNER_CALLS_IN_TOTAL: integer({ default: 2_000, min: 1, max: 100_000, meaning: 'Most calls under way to all partners' }),
} as const;
