import { retryTopic } from '@falconpay/choreography/topic';
import type { HeaderPair } from '@falconpay/kafka/kept-record';
import { isOperatorHeader, operatorHeaders } from '@falconpay/pipeline/operator-command';
import type { RecordAsItCame } from '@falconpay/pipeline/use-case';
import { typeOn } from './contract-check.js';
import type { DeadLetter } from './dead-letter.js';

/**
 * The record as it came, to the group that failed and to nobody else; edited, it is an event of its own that names the old one, of the
 * type whose contract the edit was checked against.
 */
export function deliveryOf(letter: DeadLetter, deliveryId: string): RecordAsItCame {
  const { of, id, count, edited } = operatorHeaders;
  const beside = { [of]: letter.eventId, [id]: deliveryId, [count]: String(letter.replays) };
  if (!letter.replacement) return recordOf(letter, letter.headers, beside);
  const { eventId, value } = letter.replacement;
  const event = { ce_id: eventId, ce_type: typeOn(letter.topic) ?? '' };
  const headers = letter.headers.filter(([name]) => !(name in event));
  return { ...recordOf(letter, headers, { ...event, ...beside, [edited]: letter.eventId }), value };
}

/** Not to be taken in, by an operator's word: whoever waits behind it goes on. */
export const discardOf = (letter: DeadLetter, deliveryId: string, reason: string): RecordAsItCame => ({
  ...recordOf(letter, letter.headers, {
    [operatorHeaders.of]: letter.eventId,
    [operatorHeaders.id]: deliveryId,
    [operatorHeaders.discard]: reason,
  }),
  value: Buffer.alloc(0),
});

/** A record that was published with an operator's headers keeps them in its dead letter, and is delivered without. */
function recordOf(letter: DeadLetter, headers: readonly HeaderPair[], beside: Readonly<Record<string, string>>): RecordAsItCame {
  const added = Object.entries(beside).map(([name, value]): HeaderPair => [name, Buffer.from(value).toString('base64')]);
  const own = headers.filter(([name]) => !isOperatorHeader(name));
  return { topic: retryTopic(letter.topic, letter.group), key: letter.key, value: letter.value, headers: [...own, ...added] };
}
