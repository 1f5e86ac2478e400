import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dlq } from './dlq-command.js';

type Answer = readonly [status: number, body: object] | 'none';

const letter = 'dlt_01jzzzzzzzzzzzzzzzzzzzzzzz';
const draft = { id: 'rpl_01jzzzzzzzzzzzzzzzzzzzzzzz', status: 'draft', stopped_by: null, items: {} };
const page = (...data: readonly object[]): Answer => [200, { data, next_cursor: null }];
const item = (verdict: string, status: string) => ({ number: 1, dead_letter: letter, verdict, status, detail: null, outcome: null });

const { log, error } = console;
let said: string[] = [];
let asked: string[] = [];
let server: Server | undefined;

/** A back office that has these answers for what it is asked, in turn; the last of them from then on. */
async function backofficeSays(answers: Readonly<Record<string, readonly Answer[]>>): Promise<void> {
  const left = new Map(Object.entries(answers).map(([path, list]) => [path, [...list]]));
  const said = createServer((request, reply) => {
    const what = `${request.method} ${request.url?.split('?')[0]}`;
    asked.push(what);
    const list = left.get(what) ?? [];
    const answer = list.length > 1 ? list.shift() : list[0];
    if (answer === undefined || answer === 'none') return void request.socket.destroy();
    reply.writeHead(answer[0], { 'content-type': 'application/json' }).end(JSON.stringify(answer[1]));
  });
  server = said;
  await new Promise<void>((resolve) => said.listen(0, '127.0.0.1', resolve));
  process.env['FALCONPAY_BACKOFFICE_URL'] = `http://127.0.0.1:${(said.address() as AddressInfo).port}`;
}

beforeEach(() => {
  said = [];
  asked = [];
  console.log = console.error = (line: string) => void said.push(line);
});
afterEach(async () => {
  console.log = log;
  console.error = error;
  delete process.env['FALCONPAY_BACKOFFICE_URL'];
  server?.closeAllConnections();
  await new Promise((resolve) => (server ? server.close(resolve) : resolve(undefined)));
  server = undefined;
});

describe('an option that is none of the command’s', () => {
  it.each([
    ['discard', letter, '--reason', 'x', '--yes', '--dry-run'],
    ['archive', letter, '--reason', 'x', '--yes', '--dry-run'],
    ['edit', letter, '--reason', 'x', '--data', '-', '--dry-run'],
    ['pause', draft.id, '--reason', 'x', '--dry-run'],
    ['resume', draft.id, '--reason', 'x', '--dry-run'],
    ['abort', draft.id, '--reason', 'x', '--dry-run'],
    ['groups', '--fingerprint', '5d41402abc4b2a76'],
    ['show', letter, '--status', 'waiting'],
    ['watch', '--limit', '3'],
    ['list', '--count', '3'],
    ['replays', '--topic', 'payment.created'],
    ['note', letter, 'seen', '--reason', 'x'],
  ])('is refused, and nothing is done: dlq %s %s %s %s %s %s', async (...args) => {
    await backofficeSays({});
    await expect(dlq(args)).rejects.toThrow(/^dlq \w+ takes no --[a-z-]+$/);
    expect(asked).toEqual([]);
  });

  it.each([['groups'], ['list'], ['watch']])('nor is a word that %s does not look at', async (what) => {
    await expect(dlq([what, letter])).rejects.toThrow(`dlq ${what} takes no ${letter}`);
  });

  it('is looked for also before the command’s name', async () => {
    await backofficeSays({ 'GET /v1/dead-letters/groups': [page()] });
    expect(await dlq(['--json', '--limit', '3', 'groups'])).toBe(0);
  });
});

it('asks before it archives', async () => {
  await backofficeSays({});
  await expect(dlq(['archive', letter, '--reason', 'x'])).rejects.toThrow('--yes');
  expect(asked).toEqual([]);
});

describe('a number', () => {
  it('may be as large as a day has seconds', async () => {
    await expect(dlq(['watch', '--count', '1e5'])).rejects.toThrow('--count must be a whole number, not 1e5');
    await backofficeSays({ 'POST /v1/replays': [[400, { detail: 'too fast' }]] });
    await expect(dlq(['replay', letter, '--per-second', '86400'])).rejects.toThrow('too fast');
  });
});

describe('a replay', () => {
  const planned = { 'POST /v1/replays': [[200, draft] as const] };
  const items = `GET /v1/replays/${draft.id}/items`;
  const start = `POST /v1/replays/${draft.id}/start`;
  const state = `GET /v1/replays/${draft.id}`;
  const execute = ['replay', letter, '--yes', '--reason', 'x'];

  it.each([['too-old'], ['unknown-schema'], ['saga-over']])(
    'of letters that are refused as %s says that nothing was sent',
    async (verdict) => {
      await backofficeSays({ ...planned, [items]: [page(item(verdict, 'skipped'))] });
      expect(await dlq(execute)).toBe(1);
      expect(said.join('\n')).toContain('Nothing was sent');
      expect(asked).not.toContain(start);
    },
  );

  it('that only some letters came through says so', async () => {
    const done = { ...draft, status: 'done', items: { resolved: 1, skipped: 1 } };
    await backofficeSays({
      ...planned,
      [items]: [
        page(item('will-be-processed', 'planned'), item('too-old', 'skipped')),
        page(item('x', 'resolved'), item('too-old', 'skipped')),
      ],
      ...{ [start]: [[200, {}]], [state]: [[200, done]] },
    });
    expect(await dlq(execute)).toBe(1);
  });

  it('is followed to its end while the back office is away and comes back', async () => {
    const done = { ...draft, status: 'done', items: { resolved: 1 } };
    await backofficeSays({
      ...planned,
      ...{ [items]: [page(item('will-be-processed', 'planned')), 'none', page(item('will-be-processed', 'resolved'))] },
      ...{
        [start]: [[200, {}]],
        [state]: ['none', [503, { detail: 'not now' }], [200, { ...draft, status: 'running' }], 'none', [200, done]],
      },
    });
    expect(await dlq(execute)).toBe(0);
    expect(said.filter((line) => line.includes('does not answer'))).toHaveLength(3);
  });

  it('of nothing is done', async () => {
    await backofficeSays({ ...planned, [items]: [page()] });
    expect(await dlq(execute)).toBe(0);
  });
});
