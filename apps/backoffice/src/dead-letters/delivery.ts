import { retryTopic } from '@falconpay/choreography/topic';
import type { RecordAsItCame } from '@falconpay/pipeline/use-case';
import type { RawHeader } from './dead-letter-record.js';
import type { DeadLetter } from './dead-letter.js';

/** The record as it came, to the group that failed and to nobody else; edited, it is an event of its own that names the old one. */
export function deliveryOf(letter: DeadLetter, deliveryId: string): RecordAsItCame {
  const beside = { 'fp-replay-of': letter.eventId, 'fp-replay-id': deliveryId, 'fp-replay-count': String(letter.replays) };
  if (!letter.replacement) return recordOf(letter, letter.headers, beside);
  const headers = letter.headers.filter(([name]) => name !== 'ce_id');
  const { eventId, value } = letter.replacement;
  return { ...recordOf(letter, headers, { ce_id: eventId, ...beside, 'fp-edited-from': letter.eventId }), value };
}

/** Not to be taken in, by an operator's word: whoever waits behind it goes on. */
export const discardOf = (letter: DeadLetter, deliveryId: string, reason: string): RecordAsItCame => ({
  ...recordOf(letter, letter.headers, { 'fp-replay-of': letter.eventId, 'fp-replay-id': deliveryId, 'fp-discard': reason }),
  value: Buffer.alloc(0),
});

function recordOf(letter: DeadLetter, headers: readonly RawHeader[], beside: Readonly<Record<string, string>>): RecordAsItCame {
  const added = Object.entries(beside).map(([name, value]): RawHeader => [name, Buffer.from(value).toString('base64')]);
  return { topic: retryTopic(letter.topic, letter.group), key: letter.key, value: letter.value, headers: [...headers, ...added] };
}
