import type { MigrationInterface } from 'typeorm';
import type { Reaction } from '@falconpay/choreography/saga';
import type { Topic } from '@falconpay/choreography/topic';
import type { Intake } from '@falconpay/pipeline/intake';
import type { Tables } from '@falconpay/pipeline/table';
import type { RowKinds } from '@falconpay/pipeline/use-case';

/** What makes one service differ from another. */
export interface ServiceDefinition<Kinds extends RowKinds> {
  readonly name: string;
  readonly consumerGroup: string;
  readonly migrations: (new () => MigrationInterface)[];
  readonly tables: Tables<Kinds>;
  readonly subscriptions: Readonly<Record<string, Reaction>>;
  /** For a service that takes records as they come, whatever their contract says, and has nothing to set aside. */
  readonly intake?: Intake<Kinds>;
  /** Those it publishes and those it hears. */
  readonly topics: readonly Topic[];
}

export interface ServiceConfiguration {
  readonly databaseUrl: string;
  readonly FALCONPAY_PORT_BASE: number;
  readonly FALCONPAY_BIND: string;
  readonly KAFKA_BROKERS: readonly string[];
  readonly KAFKA_PREFIX: string | undefined;
  readonly KAFKA_PARTITIONS: number;
  readonly KAFKA_REPLICATION_FACTOR: number;
  readonly DATABASE_POOL_SIZE: number;
  readonly INBOX_RETENTION_DAYS: number;
  readonly RETRY_BUDGET_MS: number;
  readonly RETRY_FIRST_DELAY_MS: number;
  readonly RETRY_DELAY_MAX_MS: number;
  readonly REPLAY_COUNT_MAX: number;
  readonly OUTBOX_RETENTION_DAYS: number;
  readonly CURSOR_SECRET: string;
}
