import { moved } from '../../dead-letters/dead-letter.js';
import { backofficeUseCase } from '../../backoffice-rows.js';
import { movedItem } from '../replay-item.js';
import { movedReplay } from '../replay.js';

/** What has become of a letter, by its consumer's word. */
export interface Settled {
  readonly itemId: string;
  readonly letterId: string;
  readonly outcome: 'resolved' | 'failed' | 'skipped';
  readonly detail: string;
}

export interface SettleLetters {
  readonly replayId: string;
  readonly settled: readonly Settled[];
  /** A failure of a kind that was not among what was selected, or of a canary. */
  readonly stopBecause: string | undefined;
}

/** Closes what its consumer has taken in; what failed again has come back as a letter of its own, and the old one goes to the archive. */
export const settleLetters = backofficeUseCase({
  name: 'settle-letters',
  weightOf: ({ settled }: SettleLetters) => 2 * settled.length + 1,
  needs: ({ replayId, settled }: SettleLetters) => ({
    replays: [replayId],
    replayItems: settled.map(({ itemId }) => itemId),
    deadLetters: settled.map(({ letterId }) => letterId),
  }),
  decide: ({ replayId, settled, stopBecause }, rows, { now }) => {
    const replay = rows.get('replays', replayId);
    const stopped = replay && stopBecause !== undefined ? movedReplay(replay, 'stop', now, stopBecause) : undefined;
    const changes = settled.flatMap(({ itemId, letterId, outcome, detail }) => {
      const [item, letter] = [rows.get('replayItems', itemId), rows.get('deadLetters', letterId)];
      if (!item || !letter || (item.state !== 'planned' && item.state !== 'sent')) return [];
      const after = outcome === 'resolved' ? moved(letter, 'resolve', now) : outcome === 'failed' ? moved(letter, 'return', now) : letter;
      return [{ item: movedItem(item, { state: outcome, outcome: detail }), letter: after }];
    });
    return {
      put: {
        replays: stopped ? [stopped] : [],
        replayItems: changes.map(({ item }) => item),
        deadLetters: changes.map(({ letter }) => letter),
      },
      reply: { status: 200, body: { settled: changes.length } },
    };
  },
});
