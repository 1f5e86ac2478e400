import { auditChain, audited } from '../../audit/audit-entry.js';
import { backofficeUseCase } from '../../backoffice-rows.js';
import { movedReplay } from '../replay.js';

export interface FinishReplay {
  readonly replayId: string;
  /** How many items ended how. */
  readonly items: Readonly<Record<string, number>>;
}

export const finishReplay = backofficeUseCase({
  name: 'finish-replay',
  needs: ({ replayId }: FinishReplay) => ({ replays: [replayId], auditHead: [auditChain] }),
  decide: ({ replayId, items }, rows, { now }) => {
    const replay = rows.get('replays', replayId);
    const done = replay && movedReplay(replay, 'finish', now, replay.stoppedBy);
    const reply = { status: 200, body: { id: replayId } };
    if (!done || done === replay) return { reply };
    const action = {
      who: 'backoffice',
      action: 'finish-replay',
      subject: replayId,
      before: { state: replay.state },
      after: { state: done.state, items },
    };
    return { put: { replays: [done], ...audited(rows.get('auditHead', auditChain), now, action) }, reply };
  },
});
