import 'reflect-metadata';
import { ClientKafka, type KafkaOptions, Transport } from '@nestjs/microservices';
import { DataSource } from 'typeorm';

export const PLAIN_TOPICS = {
  created: 'plain.payment.created',
  completed: 'plain.payment.completed',
  failed: 'plain.payment.failed',
} as const;

export interface PlainPaymentCreated {
  readonly paymentId: string;
  readonly from: string;
  readonly to: string;
  readonly amount: number;
  readonly currency: string;
}

export interface PlainPaymentOutcome {
  readonly paymentId: string;
  readonly reason?: string;
}

export function setting(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set`);
  return value;
}

/** As the guides show it: entities, a pool of the usual size, tables made from the entities. */
export const databaseOf = (entities: (new () => object)[]) => ({
  provide: DataSource,
  useFactory: () =>
    new DataSource({ type: 'postgres', url: setting('DATABASE_URL'), entities, synchronize: true, poolSize: 10 }).initialize(),
});

export const emitterOf = (service: string) => ({
  provide: ClientKafka,
  useFactory: () => new ClientKafka({ client: { clientId: service, brokers: [setting('KAFKA_BROKERS')] }, producerOnlyMode: true }),
});

export const consumerOf = (service: string): KafkaOptions => ({
  transport: Transport.KAFKA,
  options: {
    client: { clientId: service, brokers: [setting('KAFKA_BROKERS')] },
    consumer: { groupId: `plain.${service}` },
    // Without it, what was published before the group had formed would be skipped.
    subscribe: { fromBeginning: true },
  },
});

/** Tells whoever started us that we work, and ends with them. */
export function announceReady(): void {
  process.on('disconnect', () => process.exit(0));
  process.send?.('ready');
}
