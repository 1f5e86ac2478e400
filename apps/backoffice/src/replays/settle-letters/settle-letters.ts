import { auditChain, audited } from '../../audit/audit-entry.js';
import { moved } from '../../dead-letters/dead-letter.js';
import type { DeadLetterEvent } from '../../dead-letters/dead-letter.lifecycle.js';
import { backofficeUseCase } from '../../backoffice-rows.js';
import { movedItem } from '../replay-item.js';
import { movedReplay } from '../replay.js';

/** What has become of a letter, by its consumer's word. */
export interface Settled {
  readonly itemId: string;
  readonly letterId: string;
  readonly outcome: 'resolved' | 'failed' | 'skipped';
  /** What that is to the letter; undefined when nothing. */
  readonly event: DeadLetterEvent | undefined;
  readonly detail: string;
}

export interface SettleLetters {
  readonly replayId: string;
  readonly settled: readonly Settled[];
  /** A failure of a kind that was not among what was selected, or of a canary. */
  readonly stopBecause: string | undefined;
}

/** Closes what its consumer has taken in; what failed again has come back as a letter of its own, and what was refused waits once more. */
export const settleLetters = backofficeUseCase({
  name: 'settle-letters',
  weightOf: ({ settled }: SettleLetters) => 2 * settled.length + 1,
  needs: ({ replayId, settled, stopBecause }: SettleLetters) => ({
    replays: [replayId],
    replayItems: settled.map(({ itemId }) => itemId),
    deadLetters: settled.map(({ letterId }) => letterId),
    auditHead: stopBecause === undefined ? [] : [auditChain],
  }),
  decide: ({ replayId, settled, stopBecause }, rows, { now }) => {
    const replay = rows.get('replays', replayId);
    const stopped = replay && stopBecause !== undefined ? movedReplay(replay, 'stop', now, stopBecause) : undefined;
    const changes = settled.flatMap(({ itemId, letterId, outcome, event, detail }) => {
      const [item, letter] = [rows.get('replayItems', itemId), rows.get('deadLetters', letterId)];
      if (!item || !letter || (item.state !== 'planned' && item.state !== 'sent')) return [];
      return [{ item: movedItem(item, { state: outcome, outcome: detail }), letter: event ? moved(letter, event, now) : letter }];
    });
    const isStopped = stopped !== undefined && stopped !== replay;
    const [before, after] = [{ state: replay?.state }, { state: stopped?.state }];
    const action = { who: 'backoffice', action: 'stop-replay', subject: replayId, before, after, reason: stopBecause };
    return {
      put: {
        ...(isStopped && audited(rows.get('auditHead', auditChain), now, action)),
        replays: isStopped ? [stopped] : [],
        replayItems: changes.map(({ item }) => item),
        deadLetters: changes.map(({ letter }) => letter),
      },
      reply: { status: 200, body: { settled: changes.length } },
    };
  },
});
