import { UsageError } from '../usage-error.js';
import { BackofficeClient, backofficeUrl } from './backoffice-client.js';
import { eventsTable, expectedLine } from './describe-timeline.js';
import { given } from '../options.js';
import { textTable } from '../text-table.js';
import type { Expected, Letter, Page, TimelineEvent } from './wire.js';

export const timelineUsage = `falconpay timeline ID [--url URL] [--json]

What was published about a payment or withdrawal, by whom and how late, its dead letters, and whose turn it is now; and, by an account's
id, what was refused on it at once.

  --url URL  of the back office (FALCONPAY_BACKOFFICE_URL, else that of the running system)
  --json     everything as JSON

Examples:
  falconpay timeline pay_01m7y81qhqey1bhmhj2xr5nr7y
  falconpay timeline pay_01m7y81qhqey1bhmhj2xr5nr7y --json | jq -r '.expected[].service'

Exit status: 0 it has ended or goes on, 1 it is overdue, 2 nothing is known of it or the back office does not answer.`;

export const stuckUsage = `falconpay stuck [--limit N] [--cursor C] [--url URL] [--json]

Payments and withdrawals that should have gone on by now, longest waiting first.

  --limit N   so many (25)      --cursor C   go on where a list ended
  --url URL   of the back office (FALCONPAY_BACKOFFICE_URL, else that of the running system)
  --json      everything as JSON

Examples:
  falconpay stuck
  falconpay stuck --json | jq -r '.data[].id' | xargs -n 1 falconpay timeline

Exit status: 0 there are none, 1 there are some, 2 the back office does not answer.`;

interface Timeline {
  readonly id: string;
  readonly status: string;
  readonly sagas: readonly string[];
  readonly events: readonly TimelineEvent[];
  readonly dead_letters: readonly Letter[];
  readonly expected: readonly Expected[];
}

interface Stuck {
  readonly id: string;
  readonly since: string;
  readonly expected: readonly Expected[];
  readonly dead_letters: readonly string[];
}

export async function timeline(args: readonly string[]): Promise<number> {
  const asked = given(args, ['url']);
  const [id, ...others] = asked.words;
  if (id === undefined || others.length > 0) throw new UsageError('name exactly one payment or withdrawal, by its id');
  const client = new BackofficeClient(backofficeUrl(asked.value('url'), process.env));
  const found = await client.get<Timeline>(`/v1/timelines/${encodeURIComponent(id)}`);
  console.log(asked.json ? JSON.stringify(found, null, 2) : describe(found));
  return found.status === 'overdue' ? 1 : 0;
}

export async function stuck(args: readonly string[]): Promise<number> {
  const asked = given(args, ['limit', 'cursor', 'url']);
  if (asked.words.length > 0) throw new UsageError(`stuck takes no ${asked.words.join(' ')}`);
  const client = new BackofficeClient(backofficeUrl(asked.value('url'), process.env));
  const page = await client.get<Page<Stuck>>('/v1/stuck', { limit: asked.value('limit'), cursor: asked.value('cursor') });
  const rows = page.data.map(({ id, since, expected, dead_letters }) => [
    ...[id, since, expected.map(({ service, does }) => `${service}: ${does}`).join(', '), dead_letters.join(' ')],
  ]);
  const text = rows.length === 0 ? 'Nothing is stuck.' : textTable(['id', 'since', 'whose turn it is', 'dead letters'], rows);
  console.log(
    asked.json ? JSON.stringify(page, null, 2) : page.next_cursor === null ? text : `${text}\nThere are more: --cursor ${page.next_cursor}`,
  );
  return rows.length === 0 ? 0 : 1;
}

function describe({ id, status, sagas, events, dead_letters, expected }: Timeline): string {
  return [
    `${id}: ${status} (${sagas.join(' or ') || 'no saga'})`,
    eventsTable(events),
    ...dead_letters.map(
      (letter) =>
        `dead letter ${letter.id} (${letter.status}): ${letter.group} at ${letter.topic}: ${letter.error.class}: ${letter.error.message}`,
    ),
    ...expected.map(expectedLine),
  ].join('\n');
}
