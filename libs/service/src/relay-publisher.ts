import type { VerifiedProducer } from '@falconpay/kafka/verified-producer';
import { recordOf } from '@falconpay/outbox/outbox-record';
import type { Publisher } from '@falconpay/outbox/refused-events';
import type { OutboxRow } from '@falconpay/outbox/relay-cursor';

/** The relay's rows as records of this service, through the producer that checks what the broker says. */
export function publisherOf(producer: VerifiedProducer, service: string): Publisher {
  const source = `/services/${service}`;
  return { publish: (rows: readonly OutboxRow[]) => producer.send(rows.map((row) => recordOf(row, source))) };
}
