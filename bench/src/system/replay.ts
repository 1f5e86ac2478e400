import { setTimeout as sleep } from 'node:timers/promises';

const ASK_EVERY_MS = 50;
const GIVE_UP_AFTER_MS = 300_000;
/** The most that can be asked for. */
const PER_SECOND = 1_000;

interface Replay {
  readonly id: string;
  readonly status: string;
  readonly stopped_by: string | null;
  readonly items: Readonly<Record<string, number>>;
}

/** An operator sends back all that is selected, as fast as may be, and waits until all of it is resolved. */
export async function replayAll(
  url: string,
  select: object,
  expected: number,
): Promise<{ readonly perSecond: number; readonly askedPerSecond: number }> {
  const startedAt = performance.now();
  let replay = await ask(`${url}/v1/replays`, { select, dry_run: false, reason: 'for a measurement', per_second: PER_SECOND });
  const deadline = startedAt + GIVE_UP_AFTER_MS;
  while (replay.status === 'running' && performance.now() < deadline) {
    await sleep(ASK_EVERY_MS);
    replay = await ask(`${url}/v1/replays/${replay.id}`);
  }
  const took = performance.now() - startedAt;
  if (replay.status !== 'done' || replay.items['resolved'] !== expected)
    throw new Error(`a replay of ${expected} is ${replay.status}: ${JSON.stringify(replay)}`);
  return { perSecond: (expected * 1_000) / took, askedPerSecond: PER_SECOND };
}

async function ask(url: string, body?: object): Promise<Replay> {
  const post = body && { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
  const answer = await fetch(url, post);
  if (!answer.ok) throw new Error(`${url} was answered with ${answer.status}: ${await answer.text()}`);
  return (await answer.json()) as Replay;
}
