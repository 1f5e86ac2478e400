import type { ServiceRuntime } from '@falconpay/service/service-runtime';
import type { BackofficeRows } from '../backoffice-rows.js';
import { deliveredId, type DeadLetter } from '../dead-letters/dead-letter.js';
import { readTimelines } from '../timelines/read-timelines.js';
import { askAboutLetters } from './ask-about-letters.js';
import { finishReplay } from './finish-replay/finish-replay.js';
import type { InboxLookups } from './inbox-lookups.http.js';
import type { ReplayItem } from './replay-item.js';
import type { Replay } from './replay.js';
import { ReplayQueries } from './replays.query.js';
import { sendLetters } from './send-letters/send-letters.js';
import { settleLetters, type Settled } from './settle-letters/settle-letters.js';
import { refilled, type TokenBucket } from './token-bucket.js';
import { isSendable, laterEvents, verdictOn } from './verdict.js';

/** On their way at a time, of one replay: so many are asked for at every look. */
const underWayMax = 500;

/** From now until the service stops. Everything it knows is in the database: killed anywhere, the next look goes on. */
export function runReplaysBy(runtime: ServiceRuntime<BackofficeRows>, inboxes: InboxLookups, everyMs: number): void {
  const runner = new ReplayRunner(runtime, inboxes);
  runtime.repeat('looking after replays', everyMs, () => runner.look());
}

class ReplayRunner {
  private readonly queries: ReplayQueries;
  private readonly buckets = new Map<string, TokenBucket>();

  constructor(
    private readonly runtime: ServiceRuntime<BackofficeRows>,
    private readonly inboxes: InboxLookups,
  ) {
    this.queries = new ReplayQueries(runtime.source);
  }

  async look(): Promise<void> {
    for (const replay of await this.queries.underWay()) {
      const isStopped = await this.settle(replay);
      if (replay.state === 'running' && !isStopped) await this.sendMore(replay);
    }
  }

  /** What is on its way is over when its consumer says so, or when it has come back. True: the replay stops for it. */
  private async settle(replay: Replay): Promise<boolean> {
    const sent = await this.queries.inState(replay.id, 'sent', underWayMax);
    if (sent.length === 0) return false;
    const letters = await this.queries.lettersOf(sent);
    const [answers, returned, counts] = await Promise.all([
      askAboutLetters(this.inboxes, [...letters.values()]),
      this.queries.returnedBy(sent),
      this.queries.counts(replay.id),
    ]);
    const areCanaries = (counts.resolved ?? 0) + (counts.failed ?? 0) < replay.canary;
    const failures: string[] = [];
    const known = await this.queries.kindsOf(replay.id);
    const settled = sent.flatMap((item): Settled[] => {
      const letter = letters.get(item.letterId);
      const back = returned.get(item.deliveryId);
      const place = { itemId: item.id, letterId: item.letterId };
      if (back) {
        if (!known.has(back.fingerprint) || areCanaries) failures.push(`${back.errorClass}: ${back.errorMessage} (${back.id})`);
        return [{ ...place, outcome: 'failed', detail: `${back.errorClass}: ${back.errorMessage} (${back.id})` }];
      }
      const standing = letter && answers.get(letter.group)?.events.get(item.eventId);
      if (standing?.state === 'processed')
        return [{ ...place, outcome: 'resolved', detail: `its consumer says ${standing.outcome ?? 'done'}` }];
      return [];
    });
    if (settled.length === 0) return false;
    await this.runtime.run(settleLetters, { replayId: replay.id, settled, stopBecause: failures[0] });
    return failures.length > 0;
  }

  private async sendMore(replay: Replay): Promise<void> {
    const { planned = 0, sent = 0, resolved = 0, failed = 0, skipped = 0 } = await this.queries.counts(replay.id);
    if (planned + sent === 0) {
      this.buckets.delete(replay.id);
      await this.runtime.run(finishReplay, { replayId: replay.id, items: { resolved, failed, skipped } });
      return;
    }
    const bucket = refilled(this.buckets.get(replay.id), replay.perSecond, performance.now());
    this.buckets.set(replay.id, bucket);
    const canariesOut = resolved + failed >= replay.canary ? underWayMax : replay.canary - resolved - failed;
    const room = Math.min(Math.floor(bucket.tokens), canariesOut - sent, underWayMax - sent);
    if (room <= 0) return;
    const items = await this.queries.nextOfLanes(replay.id, room);
    const dropped = items.length < room ? await this.queries.behindFailed(replay.id, underWayMax) : [];
    const { toSend, settled } = await this.judge(items);
    for (const { id: itemId, letterId } of dropped) settled.push({ itemId, letterId, outcome: 'skipped', detail: 'one before it failed' });
    if (settled.length > 0) await this.runtime.run(settleLetters, { replayId: replay.id, settled, stopBecause: undefined });
    if (toSend.length === 0) return;
    await this.runtime.run(sendLetters, {
      replayId: replay.id,
      items: toSend.map(({ id: itemId, letterId }) => ({ itemId, letterId })),
    });
    this.buckets.set(replay.id, { ...bucket, tokens: bucket.tokens - toSend.length });
  }

  /** Looked at once more: since it was selected others may have done something about it. */
  private async judge(items: readonly ReplayItem[]): Promise<{ toSend: ReplayItem[]; settled: Settled[] }> {
    const letters = await this.queries.lettersOf(items);
    const timelines = await readTimelines(this.runtime.source, [...new Set([...letters.values()].map(({ sagaId }) => sagaId))]);
    const eventsOf = ({ sagaId }: DeadLetter) => timelines.get(sagaId) ?? [];
    const answers = await askAboutLetters(this.inboxes, [...letters.values()], (letter) => laterEvents(letter, eventsOf(letter)));
    const toSend: ReplayItem[] = [];
    const settled: Settled[] = [];
    for (const item of items) {
      const letter = letters.get(item.letterId);
      if (!letter) continue;
      const verdict = verdictOn(letter, answers.get(letter.group), eventsOf(letter));
      const place = { itemId: item.id, letterId: item.letterId };
      const wasEdited = deliveredId(letter) !== item.eventId;
      if (verdict.kind === 'already-processed') settled.push({ ...place, outcome: 'resolved', detail: 'its consumer has it already' });
      else if (wasEdited) settled.push({ ...place, outcome: 'skipped', detail: 'it was edited since' });
      else if (isSendable(verdict)) toSend.push(item);
      else if (verdict.kind !== 'no-answer') settled.push({ ...place, outcome: 'skipped', detail: verdict.detail ?? verdict.kind });
    }
    return { toSend, settled };
  }
}
