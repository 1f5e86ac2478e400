import { readFileSync } from 'node:fs';
import { PlainError } from '@falconpay/local/plain-error';
import { UsageError } from '../usage-error.js';
import { BackofficeClient, backofficeUrl } from './backoffice-client.js';
import { describeLetter } from './describe-letter.js';
import { given, reasonIn, type Given } from '../options.js';
import { control, replay, replays } from './replay-letters.js';
import { textTable } from '../text-table.js';
import { watch } from './watch-letters.js';
import type { Group, Letter, Page, WholeLetter } from './wire.js';

export const dlqUsage = `falconpay dlq <what> [options]

Looks at what services could not take in, and does something about it, through the back office.

  groups                       kinds of failure, the newest first: begin here
  list                         dead letters, newest first
  watch [FILTERS]              the newest that wait, and each one that comes, until Ctrl-C
  show ID                      one of them, with what it says and what else happened to its payment
  replay ID… | FILTERS         what would come of sending them again: a dry run, unless --yes
  replays [ID]                 replays, or one of them letter by letter
  pause | resume | abort ID    a replay; each with --reason
  discard ID                   never take it in; what waits behind it goes on. With --reason and --yes
  archive ID                   out of sight, when nothing waits for it any more. With --reason and --yes
  edit ID --data FILE          what a replay is to deliver in its place, as JSON ("-": standard input). With --reason
  note ID|FINGERPRINT TEXT     for whoever looks at it next

FILTERS (list, watch, replay): --status --topic --group --fingerprint --error-class --saga --event --since --until --q WORDS
A replay takes 5,000 letters at most: of a larger group take those that failed --until some time, then the rest.

  --yes               do it: a replay sends the very letters its table shows, the rest cannot be undone. With --reason
  --dry-run           of a replay: only say what it would come to, as it does without --yes
  --per-second N      at most (50)            --canary N   so many first; the rest when they came through (3)
  --limit N           of a list (25)          --cursor C   go on where a list ended
  --count N           watch until so many were shown
  --url URL           of the back office (FALCONPAY_BACKOFFICE_URL, else that of the running system)
  --json              everything as JSON; of watch, a line for each letter

Examples:
  falconpay dlq groups
  falconpay dlq show dlt_01m7y81qkzebfbcwaccdj5vf8x
  falconpay dlq replay --fingerprint 5d41402abc4b2a76
  falconpay dlq replay --fingerprint 5d41402abc4b2a76 --yes --reason "wallet 1.8.3 takes it"
  falconpay dlq watch --json --count 1 | jq -r .id

Exit status: 0 done, 1 a replay left letters that did not come through, 2 it could not be done.`;

const filters = {
  status: 'status',
  topic: 'topic',
  group: 'group',
  fingerprint: 'fingerprint',
  'error-class': 'error_class',
  saga: 'saga_id',
  event: 'event_id',
  since: 'since',
  until: 'until',
  q: 'q',
} as const;

type Run = (client: BackofficeClient, words: readonly string[], asked: Given) => Promise<number>;

interface Verb {
  /** Its options, beside `--url` and `--json`. */
  readonly takes: readonly string[];
  /** Whether it is about something that is named: an id, a fingerprint. */
  readonly isAbout: boolean;
  readonly run: Run;
}

const flags = ['yes', 'dry-run'];
const values = [...Object.keys(filters), 'limit', 'cursor', 'reason', 'data', 'per-second', 'canary', 'count', 'url'];

export async function dlq(args: readonly string[]): Promise<number> {
  const asked = given(args, values, flags);
  const [what = '', ...words] = asked.words;
  const verb = Object.hasOwn(verbs, what) ? verbs[what] : undefined;
  if (!verb) throw new UsageError(what === '' ? 'say what to do' : `there is no "dlq ${what}"`);
  const strange = [...values, ...flags].find((name) => asked.has(name) && name !== 'url' && !verb.takes.includes(name));
  // Ignored, `--dry-run` would be the contrary of what it says.
  if (strange !== undefined) throw new UsageError(`dlq ${what} takes no --${strange}`);
  if (!verb.isAbout && words.length > 0) throw new UsageError(`dlq ${what} takes no ${words.join(' ')}`);
  return verb.run(new BackofficeClient(backofficeUrl(asked.value('url'), process.env)), words, asked);
}

const about = (takes: readonly string[], run: Run): Verb => ({ takes, isAbout: true, run });
const overall = (takes: readonly string[], run: Run): Verb => ({ takes, isAbout: false, run });
const paging = ['limit', 'cursor'];

const verbs: Readonly<Record<string, Verb>> = {
  groups: overall(paging, async (client, _words, asked) => {
    const page = await client.get<Page<Group>>('/v1/dead-letters/groups', pageOf(asked));
    const row = ({ fingerprint, count, waiting, last_seen_at, groups, error }: Group): string[] => [
      ...[fingerprint, String(waiting), String(count), last_seen_at, groups.join(' '), `${error.class}: ${error.message}`],
    ];
    return say(asked, page, () => listed(['fingerprint', 'waiting', 'ever', 'last', 'failed at', 'error'], page, row));
  }),
  list: overall([...Object.keys(filters), ...paging], async (client, _words, asked) => {
    const page = await client.get<Page<Letter>>('/v1/dead-letters', { ...filterOf(asked), ...pageOf(asked) });
    const row = (letter: Letter): string[] => [
      ...[letter.id, letter.status, letter.failed_at, letter.topic, letter.group, letter.saga_id],
      `${letter.error.class}: ${letter.error.message}`,
    ];
    return say(asked, page, () => listed(['id', 'status', 'failed', 'topic', 'group', 'of', 'error'], page, row));
  }),
  show: about([], async (client, words, asked) => {
    const letter = await client.get<WholeLetter>(`/v1/dead-letters/${oneId(words)}`);
    return say(asked, letter, () => describeLetter(letter));
  }),
  watch: overall([...Object.keys(filters), 'count'], (client, _words, asked) => watch(client, filterOf(asked), asked)),
  replay: about([...Object.keys(filters), 'reason', 'per-second', 'canary', ...flags], (client, words, asked) =>
    replay(client, selectionOf(words, asked), asked),
  ),
  replays: about(paging, (client, words, asked) => replays(client, words.length === 0 ? undefined : oneId(words), asked)),
  pause: about(['reason'], (client, words, asked) => control(client, oneId(words), 'pause', asked)),
  resume: about(['reason'], (client, words, asked) => control(client, oneId(words), 'start', asked)),
  abort: about(['reason'], (client, words, asked) => control(client, oneId(words), 'abort', asked)),
  discard: about(['reason', 'yes'], (client, words, asked) =>
    closed(client, words, 'discard', 'what is discarded is never taken in', asked),
  ),
  archive: about(['reason', 'yes'], (client, words, asked) => closed(client, words, 'archive', 'what is archived stays so', asked)),
  edit: about(['data', 'reason'], async (client, words, asked) => {
    const body = { data: dataIn(asked), reason: reasonIn(asked) };
    return changed(asked, await client.post<Letter>(`/v1/dead-letters/${oneId(words)}/edit`, body));
  }),
  note: about([], async (client, [on = '', ...words], asked) => {
    if (on === '' || words.length === 0) throw new UsageError('say beside what, and what: dlq note ID "…"');
    const path = on.startsWith('dlt_') ? `/v1/dead-letters/${on}/notes` : `/v1/dead-letters/groups/${on}/notes`;
    const noted = await client.post<object>(path, { note: words.join(' ') });
    return say(asked, noted, () => `Noted beside ${on}.`);
  }),
};

export const dlqWords = Object.keys(verbs);

/** An operator's last word on a letter. */
async function closed(client: BackofficeClient, words: readonly string[], how: string, warning: string, asked: Given): Promise<number> {
  const body = { reason: reasonIn(asked) };
  if (!asked.flags.has('yes')) throw new UsageError(`${warning}: say --yes`);
  return changed(asked, await client.post<Letter>(`/v1/dead-letters/${oneId(words)}/${how}`, body));
}

const changed = (asked: Given, letter: Letter): number =>
  say(
    asked,
    letter,
    () => `${letter.id} is ${letter.edited_as === null ? letter.status : `edited as ${letter.edited_as}: replay it to deliver it`}.`,
  );

function say(asked: Given, answer: object, text: () => string): number {
  console.log(asked.json ? JSON.stringify(answer, null, 2) : text());
  return 0;
}

function listed<Row>(names: readonly string[], { data, next_cursor }: Page<Row>, rowOf: (row: Row) => string[]): string {
  if (data.length === 0) return 'There are none.';
  const table = textTable(names, data.map(rowOf));
  return next_cursor === null ? table : `${table}\nThere are more: --cursor ${next_cursor}`;
}

function filterOf(asked: Given): Record<string, string> {
  return Object.fromEntries(
    Object.entries(filters).flatMap(([option, name]): [string, string][] => {
      const value = asked.value(option);
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

const pageOf = (asked: Given) => ({ limit: asked.value('limit'), cursor: asked.value('cursor') });

function selectionOf(ids: readonly string[], asked: Given): object {
  const selection = { ...filterOf(asked), ...(ids.length > 0 && { ids }) };
  if (Object.keys(selection).length === 0) throw new UsageError('say which: ids, --fingerprint, or other filters');
  return selection;
}

function oneId(words: readonly string[]): string {
  const [id, ...others] = words;
  if (id === undefined || others.length > 0 || !/^[a-z]{3}_[0-9a-z]{26}$/.test(id)) throw new UsageError('name exactly one, by its id');
  return id;
}

function dataIn(asked: Given): object {
  const file = asked.value('data');
  if (file === undefined) throw new UsageError('that takes --data FILE');
  try {
    return JSON.parse(readFileSync(file === '-' ? 0 : file, 'utf8')) as object;
  } catch (error) {
    throw new PlainError(`${file} cannot be read as JSON: ${(error as Error).message}`);
  }
}
