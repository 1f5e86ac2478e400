import { auditChain, audited } from '../../audit/audit-entry.js';
import { backofficeUseCase } from '../../backoffice-rows.js';
import { movedReplay } from '../replay.js';

export interface ControlReplay {
  readonly id: string;
  readonly order: 'start' | 'pause' | 'abort';
  readonly who: string;
  readonly reason: string;
}

/** An operator starts a draft or what was paused or stopped, pauses it, or gives it up. What is on its way arrives all the same. */
export const controlReplay = backofficeUseCase({
  name: 'control-replay',
  needs: ({ id }: ControlReplay) => ({ replays: [id], auditHead: [auditChain] }),
  decide: ({ id, order, who, reason }, rows, { now }) => {
    const replay = rows.get('replays', id);
    if (!replay) return { reply: { refused: 'replay-not-found', detail: `There is no replay ${id}.` } };
    const after = movedReplay(replay, order, now);
    if (!after) return { reply: { refused: 'conflict', detail: `Replay ${id} is ${replay.state}: to ${order} it makes no sense.` } };
    const reply = { status: 200, body: { id, status: after.state } };
    if (after === replay) return { reply };
    const put = order === 'start' ? { ...after, who, reason } : after;
    const action = { who, action: `${order}-replay`, subject: id, before: { state: replay.state }, after: { state: after.state }, reason };
    return { put: { replays: [put], ...audited(rows.get('auditHead', auditChain), now, action) }, reply };
  },
});
