import type { RecordAsItCame } from '@falconpay/pipeline/use-case';
import { backofficeUseCase } from '../../backoffice-rows.js';
import { deliveredId, moved, type DeadLetter } from '../../dead-letters/dead-letter.js';
import { deliveryOf } from '../../dead-letters/delivery.js';
import { movedItem, type ReplayItem } from '../replay-item.js';

export interface SendLetters {
  readonly replayId: string;
  readonly items: readonly { readonly itemId: string; readonly letterId: string }[];
}

interface Change {
  readonly item: ReplayItem;
  readonly letter?: DeadLetter;
  readonly record?: RecordAsItCame;
}

/** The letters leave by the outbox in the commit that says so: whoever is killed here, none is sent twice or forgotten. */
export const sendLetters = backofficeUseCase({
  name: 'send-letters',
  weightOf: ({ items }: SendLetters) => 2 * items.length,
  needs: ({ replayId, items }: SendLetters) => ({
    replays: [replayId],
    replayItems: items.map(({ itemId }) => itemId),
    deadLetters: items.map(({ letterId }) => letterId),
  }),
  decide: ({ replayId, items }, rows, { now }) => {
    const isRunning = rows.get('replays', replayId)?.state === 'running';
    const changes = items.flatMap(({ itemId, letterId }): Change[] => {
      const [item, letter] = [rows.get('replayItems', itemId), rows.get('deadLetters', letterId)];
      if (!isRunning || !item || !letter || item.state !== 'planned') return [];
      const isOther = deliveredId(letter) !== item.eventId;
      const skipped = letter.state !== 'waiting' ? `it is ${letter.state}` : isOther ? 'it was edited since' : undefined;
      if (skipped !== undefined) return [{ item: movedItem(item, { state: 'skipped', outcome: skipped }) }];
      const sent = { ...moved(letter, 'replay', now), replays: letter.replays + 1 };
      return [{ item: movedItem(item, { state: 'sent', sentAt: now }), letter: sent, record: deliveryOf(sent, item.deliveryId) }];
    });
    return {
      put: { replayItems: changes.map(({ item }) => item), deadLetters: changes.flatMap(({ letter }) => letter ?? []) },
      records: changes.flatMap(({ record }) => record ?? []),
      reply: { status: 200, body: { sent: changes.filter(({ letter }) => letter).length } },
    };
  },
});
