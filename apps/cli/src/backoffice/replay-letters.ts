import { setTimeout as delay } from 'node:timers/promises';
import { UsageError } from '../usage-error.js';
import { patiently, type BackofficeClient } from './backoffice-client.js';
import { reasonIn, wholeNumberIn, type Given } from '../options.js';
import { progressBar } from '../progress-bar.js';
import { textTable } from '../text-table.js';
import type { Page, Replay, ReplayItem } from './wire.js';

const followEveryMs = 300;

/** First the table of what would become of each; then, if that is wanted, those very letters are sent, and followed to the end. */
export async function replay(client: BackofficeClient, select: object, asked: Given): Promise<number> {
  const execute = asked.flags.has('yes');
  if (execute && asked.flags.has('dry-run')) throw new UsageError('either --dry-run or --yes');
  const reason = execute ? reasonIn(asked) : undefined;
  const pace = { per_second: wholeNumberIn(asked, 'per-second'), canary: wholeNumberIn(asked, 'canary') };
  const draft = await client.post<Replay>('/v1/replays', { select, dry_run: true, ...pace });
  const planned = await itemsOf(client, draft.id);
  if (!asked.json) console.log(planned.length === 0 ? 'There are none.' : itemsTable(planned));
  const toDo = planned.filter(({ status }) => status === 'planned').length;
  if (!execute || toDo === 0) {
    if (asked.json) console.log(JSON.stringify({ ...draft, letters: planned }, null, 2));
    else if (toDo > 0) console.log(`\nNothing was sent: this was a dry run (${draft.id}). Again with --yes --reason "…" it is done.`);
    else if (planned.length > 0) console.log('\nNothing was sent: none of them can be.');
    return execute && planned.length > 0 ? 1 : 0;
  }
  await client.post(`/v1/replays/${draft.id}/start`, { reason });
  return follow(client, draft.id, asked);
}

export async function replays(client: BackofficeClient, id: string | undefined, asked: Given): Promise<number> {
  if (id !== undefined) {
    const [one, letters] = await Promise.all([client.get<Replay>(`/v1/replays/${id}`), itemsOf(client, id)]);
    console.log(asked.json ? JSON.stringify({ ...one, letters }, null, 2) : `${itemsTable(letters)}\n${progressOf(one)}`);
    return 0;
  }
  const page = await client.get<Page<Replay>>('/v1/replays', { limit: asked.value('limit'), cursor: asked.value('cursor') });
  const rows = page.data.map((each) => [each.id, each.status, each.created_at, each.who, countsOf(each), each.reason ?? '']);
  console.log(asked.json ? JSON.stringify(page, null, 2) : textTable(['id', 'status', 'created', 'by', 'letters', 'reason'], rows));
  return 0;
}

export async function control(client: BackofficeClient, id: string, order: 'start' | 'pause' | 'abort', asked: Given): Promise<number> {
  const after = await client.post<Replay>(`/v1/replays/${id}/${order}`, { reason: reasonIn(asked) });
  if (order === 'start') return follow(client, id, asked);
  console.log(asked.json ? JSON.stringify(after, null, 2) : `${id} is ${after.status}.`);
  return 0;
}

/** Until it is over, or somebody has paused it. It goes on by itself when this is interrupted. */
async function follow(client: BackofficeClient, id: string, asked: Given): Promise<number> {
  const onTerminal = process.stderr.isTTY && !asked.json;
  for (;;) {
    const now = await patiently(() => client.get<Replay>(`/v1/replays/${id}`));
    if (onTerminal) process.stderr.write(`\r\x1b[K${barOf(now)} ${countsOf(now)}`);
    if (now.status !== 'running') {
      if (onTerminal) process.stderr.write('\n');
      const letters = await patiently(() => itemsOf(client, id));
      const left = letters.filter(({ status }) => status !== 'resolved');
      if (asked.json) console.log(JSON.stringify({ ...now, letters }, null, 2));
      else console.log([progressOf(now), ...(left.length > 0 ? ['', itemsTable(left)] : [])].join('\n'));
      return now.status === 'done' && left.length === 0 ? 0 : 1;
    }
    await delay(followEveryMs);
  }
}

async function itemsOf(client: BackofficeClient, id: string): Promise<ReplayItem[]> {
  const items: ReplayItem[] = [];
  for (let cursor: string | undefined; ;) {
    const page = await client.get<Page<ReplayItem>>(`/v1/replays/${id}/items`, { limit: '100', cursor });
    items.push(...page.data);
    if (page.next_cursor === null) return items;
    cursor = page.next_cursor;
  }
}

const itemsTable = (items: readonly ReplayItem[]): string =>
  textTable(
    ['', 'dead letter', 'foreseen', 'status', 'because'],
    items.map(({ number, dead_letter, verdict, status, detail, outcome }) => [
      String(number),
      dead_letter,
      verdict,
      status,
      outcome ?? detail ?? '',
    ]),
    90,
  );

const countsOf = ({ items }: Replay): string =>
  Object.entries(items)
    .map(([status, count]) => `${count} ${status}`)
    .join(', ');

const progressOf = (now: Replay): string =>
  `${now.id} ${now.status}: ${countsOf(now)}${now.stopped_by === null ? '' : `; stopped by ${now.stopped_by}`}`;

/** What is neither waiting for its turn nor on its way. */
function barOf({ items }: Replay): string {
  const total = Object.values(items).reduce((sum, count) => sum + count, 0);
  return progressBar(total - (items['planned'] ?? 0) - (items['sent'] ?? 0), total);
}
