import { headerOf, type InboundRecord } from '@falconpay/kafka/inbound-record';
import { headerPairsOf, headersFrom } from '@falconpay/kafka/kept-record';
import type { OperatorCommand } from './work.js';

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
/** The headers of a record on `<topic>.<group>.retry`, by which an operator says what is wanted. */
export const operatorHeaders = {
  of: 'fp-replay-of',
  id: 'fp-replay-id',
  count: 'fp-replay-count',
  edited: 'fp-edited-from',
  discard: 'fp-discard',
} as const;
const names: ReadonlySet<string> = new Set(Object.values(operatorHeaders));
const replayIdMax = 100;

/** Whether the header is an operator's word on one delivery, and no part of the record: of an earlier one it must not be taken for this one's. */
export const isOperatorHeader = (name: string): boolean => names.has(name);

export const isUuid = (text: string): boolean => uuid.test(text);

/** What the operator wants; undefined when the record does not say it as agreed. */
export function commandIn(record: InboundRecord): OperatorCommand | undefined {
  const headId = headerOf(record, operatorHeaders.of) ?? '';
  const replayId = headerOf(record, operatorHeaders.id) ?? '';
  const count = headerOf(record, operatorHeaders.count) ?? '1';
  if (!isUuid(headId) || replayId === '' || replayId.length > replayIdMax || !/^\d{1,6}$/.test(count)) return undefined;
  const kind =
    headerOf(record, operatorHeaders.discard) !== undefined
      ? 'discard'
      : headerOf(record, operatorHeaders.edited) !== undefined
        ? 'edit'
        : 'replay';
  return { kind, headId, replayId, count: Number.parseInt(count, 10) };
}

/** The record that is sent back, as one of its own topic: without what the operator says about it. */
export function recordSentBack(record: InboundRecord, topic: string): InboundRecord {
  const { partition, offset, timestamp, key, value } = record;
  const headers = headersFrom(headerPairsOf(record.headers).filter(([name]) => !isOperatorHeader(name)));
  return { topic, partition, offset, timestamp, key, value, headers };
}

/**
 * Whether the inbox would know the event, had it been taken in: its id's time (UUIDv7) is within what is remembered. Of other ids
 * that cannot be said.
 */
export function wouldBeKnown(eventId: string, rememberedSinceMs: number): boolean {
  return eventId.charAt(14) === '7' && Number.parseInt(eventId.slice(0, 8) + eventId.slice(9, 13), 16) >= rememberedSinceMs;
}
