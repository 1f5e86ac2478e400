import type { ServiceRuntime } from '@falconpay/service/service-runtime';
import type { BackofficeRows } from '../backoffice-rows.js';
import type { DeadLetter } from '../dead-letters/dead-letter.js';
import { readTimelines } from '../timelines/read-timelines.js';
import { askAboutLetters, type Inboxes } from './ask-about-letters.js';
import { finishReplay } from './finish-replay/finish-replay.js';
import { endOf } from './end-of-delivery.js';
import type { ReplayItem } from './replay-item.js';
import type { Replay } from './replay.js';
import { ReplayQueries, type CameBack } from './replays.query.js';
import { sendLetters } from './send-letters/send-letters.js';
import { settleLetters, type Settled } from './settle-letters/settle-letters.js';
import { refilled, type TokenBucket } from './token-bucket.js';
import { isSendable, laterEvents, verdictOn } from './verdict.js';

/** From so many on, when they are more than half of what came back, a replay stops. */
const failuresMin = 10;
/** On their way at a time, of one replay: so many are asked for at every look. */
const underWayMax = 500;

/** From now until the service stops. Everything it knows is in the database: killed anywhere, the next look goes on. */
export function runReplaysBy(runtime: ServiceRuntime<BackofficeRows>, inboxes: Inboxes, everyMs: number): void {
  const runner = new ReplayRunner(runtime, inboxes);
  runtime.repeat('looking after replays', everyMs, () => runner.look());
}

export class ReplayRunner {
  private readonly queries: ReplayQueries;
  private readonly buckets = new Map<string, TokenBucket>();

  constructor(
    private readonly runtime: ServiceRuntime<BackofficeRows>,
    private readonly inboxes: Inboxes,
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
    const letters = await this.queries.addressesOf(sent);
    const itemOf = new Map(sent.map((item) => [item.letterId, item]));
    const [answers, returned, cameBack, known] = await Promise.all([
      askAboutLetters(this.inboxes, [...letters.values()], ({ id, topic, key }) => {
        const item = itemOf.get(id);
        return item ? [item.eventId, item.deliveryId].map((each) => ({ id: each, topic, key })) : [];
      }),
      this.queries.returnedBy(sent),
      this.queries.cameBack(replay),
      this.queries.kindsOf(replay.id),
    ]);
    const areCanaries = cameBack.count < replay.canary;
    const failures: string[] = [];
    const settled = sent.flatMap((item): Settled[] => {
      const back = returned.get(item.id);
      const end = endOf(item, back, answers.get(letters.get(item.letterId)?.group ?? ''));
      if (!end) return [];
      if (end.outcome === 'failed' && (areCanaries || !known.has(back?.fingerprint ?? ''))) failures.push(end.detail);
      return [{ itemId: item.id, letterId: item.letterId, ...end }];
    });
    if (settled.length === 0) return false;
    const tooMany = tooManyFailed(cameBack, settled);
    if (tooMany !== undefined) failures.push(tooMany);
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
    const canaries = replay.canary - (await this.queries.cameBack(replay)).count;
    const canariesOut = canaries > 0 ? canaries : underWayMax;
    const room = Math.min(Math.floor(bucket.tokens), canariesOut - sent, underWayMax - sent);
    if (room <= 0) return;
    const items = await this.queries.nextOfLanes(replay.id, room);
    const dropped = items.length < room ? await this.queries.behindFailed(replay.id, underWayMax) : [];
    const { toSend, settled } = await this.judge(items);
    for (const item of dropped) settled.push({ ...leftAlone(item), detail: 'one before it failed' });
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
      if (verdict.kind === 'already-processed')
        settled.push({ ...leftAlone(item), outcome: 'resolved', event: 'resolve', detail: 'its consumer has it already' });
      else if (isSendable(verdict)) toSend.push(item);
      else if (verdict.kind !== 'no-answer') settled.push({ ...leftAlone(item), detail: verdict.detail ?? verdict.kind });
    }
    return { toSend, settled };
  }
}

/** In a way that is known: but whoever sent them meant to have mended it. Begun again, it is counted anew. */
function tooManyFailed({ sinceStart, failedSinceStart }: CameBack, settled: readonly Settled[]): string | undefined {
  const [all, failed] = [sinceStart + settled.length, failedSinceStart + settled.filter(({ outcome }) => outcome === 'failed').length];
  return failed >= failuresMin && failed * 2 > all ? `${failed} of ${all} failed again` : undefined;
}

const leftAlone = ({ id: itemId, letterId }: ReplayItem) => ({ itemId, letterId, outcome: 'skipped' as const, event: undefined });
