import { auditChain, audited } from '../../audit/audit-entry.js';
import { backofficeUseCase } from '../../backoffice-rows.js';
import { itemId, type ReplayItem } from '../replay-item.js';
import type { Replay } from '../replay.js';
import { replayView } from '../replay-view.js';
import type { Verdict } from '../verdict.js';

export interface JudgedLetter {
  readonly letterId: string;
  readonly eventId: string;
  readonly lane: string;
  readonly verdict: Verdict;
}

export interface CreateReplay {
  readonly who: string;
  readonly dryRun: boolean;
  /** JSON: what was asked for. */
  readonly selection: string;
  readonly reason: string | undefined;
  readonly perSecond: number;
  readonly canary: number;
  readonly letters: readonly JudgedLetter[];
}

const refused: ReadonlySet<Verdict['kind']> = new Set(['saga-over', 'unknown-schema', 'too-old', 'sent-too-often', 'not-waiting']);

/** Writes down what was selected and what is foreseen for each. A dry run stays a draft, which can be started as it stands. */
export const createReplay = backofficeUseCase({
  name: 'create-replay',
  weightOf: ({ letters }: CreateReplay) => letters.length + 1,
  needs: () => ({ auditHead: [auditChain] }),
  decide: ({ letters, dryRun, ...asked }: CreateReplay, rows, { now, newId, newUuid }) => {
    const id = newId('rpl');
    const { who, selection, reason, perSecond, canary } = asked;
    const replay: Replay = {
      ...{ id, state: dryRun ? 'draft' : 'running', who, selection, reason, perSecond, canary, stoppedBy: undefined },
      ...{ version: 1, createdAt: now, updatedAt: now },
    };
    const items = letters.map(({ letterId, eventId, lane, verdict }, index): ReplayItem => {
      const isOver = refused.has(verdict.kind);
      return {
        ...{ id: itemId(id, index + 1), replayId: id, number: index + 1, letterId, eventId, deliveryId: newUuid(), lane },
        ...{ verdict: verdict.kind, detail: verdict.detail, state: isOver ? 'skipped' : 'planned' },
        ...{ outcome: isOver ? (verdict.detail ?? verdict.kind) : undefined, sentAt: undefined, version: 1 },
      };
    });
    const after = { selection: JSON.parse(selection) as object, letters: items.length, state: replay.state };
    const action = { who, action: dryRun ? 'draft-replay' : 'start-replay', subject: id, after, reason };
    return {
      put: { replays: [replay], replayItems: items, ...audited(rows.get('auditHead', auditChain), now, action) },
      reply: { status: dryRun ? 200 : 202, body: replayView(replay, items), headers: { location: `/v1/replays/${id}` } },
    };
  },
});
