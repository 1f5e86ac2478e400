import type { LetterSummary } from '../dead-letters/dead-letter.js';
import { isProcessed, type InboxAnswer } from './inbox-answer.js';
import type { ReplayItem } from './replay-item.js';
import type { Settled } from './settle-letters/settle-letters.js';

/**
 * What has become of a letter that was sent; undefined while its consumer has not read it, or is at it. It was taken in, or came back as
 * a letter of its own, or its consumer would not have it: a delivery ends in one of these, and then the letter waits for nobody.
 */
export function endOf(
  { eventId, deliveryId }: ReplayItem,
  back: LetterSummary | undefined,
  inbox: InboxAnswer | undefined,
): Omit<Settled, 'itemId' | 'letterId'> | undefined {
  const event = inbox?.events.get(eventId);
  if (isProcessed(event)) return { outcome: 'resolved', event: 'resolve', detail: 'its consumer says done' };
  if (back) return { outcome: 'failed', event: 'return', detail: `${back.errorClass}: ${back.errorMessage} (${back.id})` };
  const isRefused = event?.state === 'processed' || inbox?.events.get(deliveryId)?.outcome === 'refused';
  if (!event || !isRefused) return undefined;
  const { line } = event;
  const why =
    line?.deliveryId === deliveryId ? `${line.errorClass}: ${line.errorMessage}` : `to it the event is ${event.outcome ?? event.state}`;
  return { outcome: 'failed', event: 'refuse', detail: `its consumer refused it: ${why}` };
}
