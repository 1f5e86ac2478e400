import { headersFrom } from '@falconpay/kafka/kept-record';
import type { OutboundRecord } from '@falconpay/kafka/verified-producer';
import type { OutboxRow } from './relay-cursor.js';

const schemaAddress = (type: string): string => `https://falconpay.dev/events/${type.replace(/^com\.falconpay\./, '')}.schema.json`;

/** The Kafka record of a row: CloudEvents 1.0 in binary mode, or a record passed on as it came. */
export function recordOf(row: OutboxRow, source: string): OutboundRecord {
  if (row.verbatim) return { topic: row.topic, message: verbatimMessage(row) };
  const headers: Record<string, string> = {
    ce_specversion: '1.0',
    ce_id: row.id,
    ce_source: source,
    ce_type: row.type,
    ce_time: row.time.toISOString(),
    ce_subject: row.key,
    ce_dataschema: schemaAddress(row.type),
    'content-type': 'application/json',
    ce_correlationid: row.key,
  };
  if (row.causation_id) headers['ce_causationid'] = row.causation_id;
  if (row.sequence !== null) headers['ce_sequence'] = String(row.sequence);
  if (row.traceparent) headers['traceparent'] = row.traceparent;
  return { topic: row.topic, message: { key: row.key, value: row.payload, headers } };
}

function verbatimMessage({ verbatim, payload }: OutboxRow): OutboundRecord['message'] {
  return {
    key: verbatim?.key == null ? null : Buffer.from(verbatim.key, 'base64'),
    value: verbatim?.withoutValue ? null : Buffer.from(payload, 'base64'),
    headers: headersFrom(verbatim?.headers ?? []),
  };
}
