import { isUtf8 } from 'node:buffer';
import type { Ajv, ValidateFunction } from 'ajv';
import Ajv2020 from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { cloudEventType } from '@falconpay/choreography/topic';
import { topics } from '@falconpay/contracts/choreography';
import type { HeaderPair } from '@falconpay/kafka/kept-record';
import { isUuid } from '@falconpay/pipeline/operator-command';

const ajv: Ajv = new Ajv2020.default({ allErrors: false, strict: true });
addFormats.default(ajv, { mode: 'full', formats: ['date-time'] });

interface Contract {
  readonly type: string;
  readonly isValid: ValidateFunction;
}

const contracts = new Map<string, Contract>(
  topics.map((topic) => [topic.name, { type: cloudEventType(topic), isValid: ajv.compile(topic.schema) }]),
);

/** The type of the events that the topic carries now; undefined of a topic that is none of ours. */
export const typeOn = (topic: string): string | undefined => contracts.get(topic)?.type;

/** The value as JSON; undefined when it is none. */
export function decoded(value: Buffer | undefined): unknown {
  try {
    return JSON.parse(value?.toString('utf8') ?? '') as unknown;
  } catch {
    return undefined;
  }
}

/** What keeps a value from being an event of the topic, by the contracts this back office knows. */
export function faultIn(topic: string, value: Buffer | undefined): string | undefined {
  const contract = contracts.get(topic);
  if (!contract) return `there is no contract for ${topic}`;
  // Decoded all the same, it would be another text than the one that was sent.
  if (value && !isUtf8(value)) return 'it is not UTF-8';
  const data = decoded(value);
  if (data === undefined) return 'it is not JSON';
  if (contract.isValid(data)) return undefined;
  const [fault] = contract.isValid.errors ?? [];
  return `${fault?.instancePath || '/'} ${fault?.message ?? 'is invalid'}`;
}

/** What keeps a record from being understood, whatever its value says: an edit gives it an id and the type of its topic. */
export function faultInHeaders(topic: string, headers: readonly HeaderPair[]): string | undefined {
  const [id, type] = ['ce_id', 'ce_type'].map((wanted) => {
    const bytes = headers.findLast(([name]) => name === wanted)?.[1];
    return typeof bytes !== 'string' ? undefined : Buffer.from(bytes, 'base64').toString('utf8');
  });
  if (id === undefined || !isUuid(id)) return `it has no id of its own: ce_id is ${id === undefined ? 'missing' : 'not a UUID'}`;
  return type === typeOn(topic) ? undefined : `it is of another type or version than ${topic} carries`;
}
