import { exampleOf, type JsonSchema } from '@falconpay/choreography/example-of-schema';
import { topics } from '@falconpay/contracts/choreography';
import type { HeaderPair } from '@falconpay/kafka/kept-record';
import type { DeadLetter } from './dead-letter.js';

const eventId = '019a0000-0000-7000-8000-000000000001';
const schema = topics.find(({ name }) => name === 'payment.created')?.schema as JsonSchema;

export const header = (name: string, value: string): HeaderPair => [name, Buffer.from(value).toString('base64')];

/** One that waits, and would be taken in. */
export const letter: DeadLetter = {
  ...{ id: 'dlt_1', topic: 'payment.created', group: 'falconpay.wallet', partition: 0, offset: '7', eventId, sagaId: 'pay_1' },
  ...{ key: Buffer.from('pay_1'), value: Buffer.from(JSON.stringify(exampleOf(schema))) },
  headers: [header('ce_id', eventId), header('ce_type', 'com.falconpay.payment.created.v1'), header('ce_sequence', '1')],
  ...{ kind: 'transient', handler: 'post-transfer', serviceVersion: '0.1.0' },
  ...{ errorClass: 'Error', errorMessage: 'no', errorStack: undefined },
  ...{ fingerprint: '0'.repeat(16), attempts: 3, firstFailedAt: new Date(0), failedAt: new Date(0), replayId: undefined },
  ...{ state: 'waiting', replays: 0, replacement: undefined, version: 1, createdAt: new Date(0), updatedAt: new Date(0) },
};
