import { deadLetterDaysKept, eventDaysKept } from '@falconpay/kafka/topics';
import { choice, integer, list, optional, text, url } from '@falconpay/telemetry/configuration';
import { LOG_LEVELS } from '@falconpay/telemetry/logger';

/** What RETRY_BUDGET_MS can be at most. */
const retryDaysMax = 1;
/** The inbox forgets by whole days. */
export const marginDays = 1;
/**
 * The oldest event that can come once more: read at the end of its topic's retention, tried again for as long as may be, sent back at
 * the end of its dead letter's. Coming after the inbox has forgotten it, it would take effect twice: a service whose memory is
 * shorter does not start.
 */
const longestReplayDays = eventDaysKept + retryDaysMax + deadLetterDaysKept;

/** What every service reads from its environment; each adds its own database and more. */
export const serviceSettings = {
  FALCONPAY_PORT_BASE: integer({ default: 4000, min: 1024, max: 65_438, meaning: 'Services listen on this port plus their offset' }),
  FALCONPAY_BIND: text({ default: '127.0.0.1', meaning: 'Address to listen on' }),
  KAFKA_BROKERS: list({ default: ['127.0.0.1:4092'], meaning: 'Kafka brokers, host:port' }),
  KAFKA_PREFIX: optional(
    text({ pattern: /^[a-zA-Z0-9._-]{1,60}$/, meaning: 'Put before every topic and consumer group, to share a cluster' }),
  ),
  KAFKA_PARTITIONS: integer({
    default: 3,
    min: 1,
    max: 1000,
    meaning:
      'Partitions of the topics this service creates: at most as many instances share the work, and each costs every fetch a little; more never, as keys would move',
  }),
  KAFKA_REPLICATION_FACTOR: integer({
    default: 1,
    min: 1,
    max: 9,
    meaning: 'Copies of each partition of the topics this service creates; one fewer must be in sync',
  }),
  DATABASE_POOL_SIZE: integer({ default: 10, min: 3, max: 500, meaning: 'Most connections to the database' }),
  INBOX_RETENTION_DAYS: integer({
    default: 45,
    min: longestReplayDays + marginDays,
    meaning: 'How long an event taken in is remembered; longer than anything can be delivered again',
  }),
  RETRY_BUDGET_MS: integer({
    default: 600_000,
    min: 0,
    max: retryDaysMax * 86_400_000,
    meaning: 'How long an event that fails is tried again, before it goes to the dead letters',
  }),
  RETRY_FIRST_DELAY_MS: integer({
    default: 500,
    min: 10,
    max: 3_600_000,
    meaning: 'After its first failure it is tried again this much later, then twice as late each time',
  }),
  RETRY_DELAY_MAX_MS: integer({ default: 30_000, min: 10, max: 3_600_000, meaning: 'Longest time between two tries' }),
  REPLAY_COUNT_MAX: integer({ default: 20, min: 1, max: 1_000_000, meaning: 'How often one dead letter may be sent back' }),
  OUTBOX_RETENTION_DAYS: integer({ default: 7, min: 1, meaning: 'How long published events are kept' }),
  CURSOR_SECRET: text({
    default: 'falconpay-cursor',
    meaning: 'Signs page cursors; the same for all instances of a service',
    secret: true,
  }),
  LOG_LEVEL: choice(LOG_LEVELS, { default: 'info', meaning: 'Least level logged' }),
} as const;

export const databaseUrl = (meaning: string) => url({ meaning, protocols: ['postgres:', 'postgresql:'], secret: true });
