import { consumerGroup, topics } from '@falconpay/contracts/choreography';
import { openDatabase } from '@falconpay/postgres/database';
import { inTransaction } from '@falconpay/postgres/transaction';
import { ServiceRuntime } from '@falconpay/service/service-runtime';
import { readConfig } from '@falconpay/telemetry/configuration';
import { createLogger } from '@falconpay/telemetry/logger';
import { Metrics } from '@falconpay/telemetry/metrics';
import { eventually } from '@falconpay/testing/eventually';
import { createDatabase, type TestDatabase } from '@falconpay/testing/infrastructure';
import { BackofficeIntake } from '../backoffice-intake.js';
import { backofficeTables, type BackofficeRows } from '../backoffice-rows.js';
import { settings } from '../config.js';
import type { DeadLetter } from '../dead-letters/dead-letter.js';
import { deadLettersTable } from '../dead-letters/dead-letter.table.js';
import { editDeadLetter } from '../dead-letters/edit-dead-letter/edit-dead-letter.js';
import { header, letter } from '../dead-letters/letter-for-specs.js';
import { CreateBackoffice1764460800000 } from '../migrations/1764460800000-create-backoffice.js';
import { FindLettersByEvent1764806400000 } from '../migrations/1764806400000-find-letters-by-event.js';
import type { Inboxes } from './ask-about-letters.js';
import { controlReplay } from './control-replay/control-replay.js';
import { createReplay } from './create-replay/create-replay.js';
import type { AskedEvent, BlockedLine, EventStanding, InboxAnswer } from './inbox-answer.js';
import { ReplayRunner } from './run-replays.timer.js';

let database: TestDatabase;
let runtime: ServiceRuntime<BackofficeRows>;
let runner: ReplayRunner;
let inbox: WalletsInbox;
beforeAll(async () => {
  database = await createDatabase('replays');
  const definition = {
    ...{ name: 'backoffice', consumerGroup: consumerGroup('backoffice'), tables: backofficeTables, subscriptions: {}, topics },
    ...{ intake: new BackofficeIntake(), migrations: [CreateBackoffice1764460800000, FindLettersByEvent1764806400000] },
  };
  const configuration = { ...readConfig(settings, { BACKOFFICE_DATABASE_URL: database.url }), databaseUrl: database.url };
  const build = { service: 'backoffice', version: '1' };
  const log = createLogger({ service: 'backoffice', level: 'silent' });
  runtime = new ServiceRuntime(definition, configuration, log, new Metrics(build), build.version);
  await openDatabase(runtime.source, () => undefined);
});
beforeEach(async () => {
  await runtime.source.query('truncate dead_letters, replays, replay_items, outbox');
  inbox = new WalletsInbox();
  runner = new ReplayRunner(runtime, inbox);
});
afterAll(async () => {
  await runtime.source.destroy();
  await database.drop();
});

const dead: BlockedLine = {
  ...{ state: 'dead', headId: '', attempts: 1, errorClass: 'Error', errorMessage: 'no', deliveryId: undefined, waiting: 0 },
};
const blocked = (line: Partial<BlockedLine> = {}): EventStanding => ({ state: 'blocked', outcome: undefined, line: { ...dead, ...line } });
const ended = (outcome: string): EventStanding => ({ state: 'processed', outcome, line: undefined });

/** The wallet's, as it is told here: an event of which nothing was said is the dead head of its key, a delivery is unknown. */
class WalletsInbox implements Inboxes {
  standings = new Map<string, EventStanding>();
  isAway = false;
  onAsk: () => Promise<unknown> = async () => undefined;

  async ask(_group: string, events: readonly AskedEvent[]): Promise<InboxAnswer> {
    if (this.isAway) throw new Error('it does not answer');
    await this.onAsk();
    const unknown: EventStanding = { state: 'unknown', outcome: undefined, line: undefined };
    const standing = (id: string) => this.standings.get(id) ?? (id.startsWith('019a0000') ? blocked() : unknown);
    return { remembersSince: new Date(0), replayCountMax: 20, events: new Map(events.map(({ id }) => [id, standing(id)])) };
  }
}

const eventOf = (number: number): string => `019a0000-0000-7000-8000-${String(number).padStart(12, '0')}`;
const nth = (number: number, more: Partial<DeadLetter> = {}): DeadLetter => ({
  ...{ ...letter, id: `dlt_${number}`, eventId: eventOf(number), sagaId: `pay_${number}`, key: Buffer.from(`pay_${number}`) },
  headers: letter.headers.map(([name, value]) => (name === 'ce_id' ? header(name, eventOf(number)) : [name, value])),
  ...more,
});
const numberOf = (letterId: string): number => Number(letterId.slice('dlt_'.length));
const store = (...letters: DeadLetter[]): Promise<void> => inTransaction(runtime.source, (tx) => deadLettersTable.insert(tx, letters));

/** Of these letters, all of which were foreseen to be processed. */
async function replayOf(letters: readonly DeadLetter[], canary = 0): Promise<string> {
  await store(...letters);
  const judged = letters.map(({ id, eventId, key }) => ({
    ...{ letterId: id, eventId, lane: String(key), verdict: { kind: 'will-be-processed' as const } },
  }));
  const asked = { who: 'spec', dryRun: false, selection: '{}', reason: 'mended', perSecond: 1_000, canary, letters: judged };
  return ((await runtime.run(createReplay, asked)) as { id: string }).id;
}

interface ItemRow {
  readonly letter_id: string;
  readonly delivery_id: string;
  readonly state: string;
  readonly outcome: string | null;
}
const items = (): Promise<ItemRow[]> =>
  runtime.source.query('select letter_id, delivery_id, state, outcome from replay_items order by number');
const statesOf = async () => (await items()).map(({ state }) => state);
const stateOf = async (table: 'replays' | 'dead_letters', id: string): Promise<string> =>
  ((await runtime.source.query(`select state from ${table} where id = $1`, [id])) as { state: string }[])[0]?.state ?? '';
const deliveries = (): Promise<object[]> => runtime.source.query(`select 1 from outbox where aggregatetype like '%.retry'`);

/** Looks again and again until so many are on their way: what leaves depends on the time since it began. */
async function sent(count: number): Promise<ItemRow[]> {
  await eventually(`${count} are on their way`, async () => {
    await runner.look();
    return (await statesOf()).filter((state) => state === 'sent').length === count;
  });
  return (await items()).filter(({ state }) => state === 'sent');
}
async function lookTimes(times: number): Promise<void> {
  for (let time = 0; time < times; time += 1) await runner.look();
}

describe('a letter that was sent', () => {
  it('is resolved when its consumer says that it is done, and the replay is over when all are', async () => {
    const replay = await replayOf([nth(1)]);
    await sent(1);
    await lookTimes(2);
    expect(await statesOf()).toEqual(['sent']);
    inbox.standings.set(eventOf(1), ended('done'));
    await lookTimes(1);
    expect(await items()).toMatchObject([{ state: 'resolved', outcome: 'its consumer says done' }]);
    expect([await stateOf('dead_letters', 'dlt_1'), await stateOf('replays', replay)]).toEqual(['resolved', 'done']);
  });

  it.each(['refused', 'replaced', 'discarded'])('waits for somebody again when its consumer says %s', async (outcome) => {
    const replay = await replayOf([nth(1)]);
    await sent(1);
    inbox.standings.set(eventOf(1), ended(outcome));
    await lookTimes(1);
    const because = `its consumer refused it: to it the event is ${outcome}`;
    expect(await items()).toMatchObject([{ state: 'failed', outcome: because }]);
    expect([await stateOf('dead_letters', 'dlt_1'), await stateOf('replays', replay)]).toEqual(['waiting', 'stopped']);
    const [entry] = await runtime.source.query(`select action, who, reason from audit where subject = $1 order by number desc limit 1`, [
      replay,
    ]);
    expect(entry).toEqual({ action: 'stop-replay', who: 'backoffice', reason: because });
  });

  it.each([
    ['was one too many', blocked, 'its consumer refused it: Error: no'],
    [
      'is of an event that it does not know',
      () => ({ ...ended('unknown'), state: 'unknown', outcome: undefined }),
      'its consumer refused it: to it the event is unknown',
    ],
    ['came while it was at it', () => blocked({ state: 'retrying' }), 'its consumer refused it: to it the event is blocked'],
  ] as const)('waits for somebody again when the delivery %s', async (_what, standing, because) => {
    await replayOf([nth(1)]);
    const [{ delivery_id: delivery }] = (await sent(1)) as [ItemRow];
    inbox.standings.set(eventOf(1), standing === blocked ? blocked({ deliveryId: delivery }) : (standing as () => EventStanding)());
    await lookTimes(2);
    expect(await statesOf()).toEqual(['sent']);
    inbox.standings.set(delivery, ended('refused'));
    await lookTimes(1);
    expect(await items()).toMatchObject([{ state: 'failed', outcome: because }]);
    expect(await stateOf('dead_letters', 'dlt_1')).toBe('waiting');
  });

  it('has failed when it comes back, and not before: its consumer may have said so already', async () => {
    await replayOf([nth(1)]);
    const [{ delivery_id: delivery }] = (await sent(1)) as [ItemRow];
    inbox.standings.set(eventOf(1), blocked({ deliveryId: delivery }));
    inbox.standings.set(delivery, ended('done'));
    await lookTimes(2);
    expect(await statesOf()).toEqual(['sent']);
    await store(nth(1, { id: 'dlt_2', replayId: delivery, errorMessage: 'again' }));
    await lookTimes(1);
    expect(await items()).toMatchObject([{ state: 'failed', outcome: 'Error: again (dlt_2)' }]);
    expect([await stateOf('dead_letters', 'dlt_1'), await stateOf('dead_letters', 'dlt_2')]).toEqual(['archived', 'waiting']);
  });

  it('has failed too when it had to wait behind another of its key, and came back without the name of its delivery', async () => {
    await replayOf([nth(1)]);
    await sent(1);
    const later = new Date(Date.now() + 60_000);
    // The relay sends at least once: another copy of the same letter says nothing new.
    await store(nth(1, { id: 'dlt_2', createdAt: later }));
    await lookTimes(2);
    expect(await statesOf()).toEqual(['sent']);
    await store(nth(1, { id: 'dlt_3', createdAt: later, failedAt: later }));
    await lookTimes(1);
    expect(await items()).toMatchObject([{ state: 'failed', outcome: 'Error: no (dlt_3)' }]);
  });
});

describe('a letter that is to be sent', () => {
  it('waits while its consumer does not answer, and is sent when it does', async () => {
    await replayOf([nth(1)]);
    inbox.isAway = true;
    await lookTimes(3);
    expect([await statesOf(), await deliveries()]).toEqual([['planned'], []]);
    inbox.isAway = false;
    await sent(1);
  });

  it('is left alone when somebody edits it, also between the last look and the sending', async () => {
    await replayOf([nth(1)]);
    const data = JSON.parse(String(letter.value)) as object;
    inbox.onAsk = () => runtime.run(editDeadLetter, { id: 'dlt_1', who: 'spec', reason: 'wrong', data });
    await lookTimes(2);
    expect(await items()).toMatchObject([{ state: 'skipped', outcome: 'it was edited since' }]);
    expect([await stateOf('dead_letters', 'dlt_1'), await deliveries()]).toEqual(['waiting', []]);
  });

  it('is not, when one of its key before it has failed', async () => {
    const key = Buffer.from('pay_1');
    await replayOf([nth(1), nth(2, { key }), nth(3)]);
    const [first] = await sent(2);
    expect(await statesOf()).toEqual(['sent', 'planned', 'sent']);
    await store(nth(1, { id: 'dlt_4', replayId: first?.delivery_id }));
    inbox.standings.set(eventOf(3), ended('done'));
    await lookTimes(2);
    expect(await items()).toMatchObject([
      { state: 'failed' },
      { state: 'skipped', outcome: 'one before it failed' },
      { state: 'resolved' },
    ]);
    expect(await stateOf('dead_letters', 'dlt_2')).toBe('waiting');
  });
});

describe('the first of a replay', () => {
  it('are so many as was said, and must have come through before others follow; what its consumer had already shows nothing', async () => {
    const letters = [1, 2, 3, 4, 5, 6].map((number) => nth(number));
    for (const number of [1, 2]) inbox.standings.set(eventOf(number), ended('done'));
    await replayOf(letters, 2);
    await sent(2);
    await lookTimes(10);
    expect(await statesOf()).toEqual(['resolved', 'resolved', 'sent', 'sent', 'planned', 'planned']);
    inbox.standings.set(eventOf(3), ended('done'));
    await lookTimes(10);
    expect(await statesOf()).toEqual(['resolved', 'resolved', 'resolved', 'sent', 'planned', 'planned']);
    inbox.standings.set(eventOf(4), ended('done'));
    await sent(2);
    expect(await deliveries()).toHaveLength(4);
  });
});

describe('a replay', () => {
  it('stops when more than half of what came back failed again, from ten on; begun again, it counts anew', async () => {
    const replay = await replayOf(Array.from({ length: 33 }, (_, index) => nth(index + 1)));
    let next = 0;
    /** So many of those that are on their way come back as they were; one fewer goes well. */
    const comesBack = async (failed: number): Promise<void> => {
      const onTheirWay = (await items()).filter(({ state }) => state === 'sent').slice(0, 2 * failed - 1);
      const [again, well] = [onTheirWay.slice(0, failed), onTheirWay.slice(failed)];
      await store(
        ...again.map(({ letter_id, delivery_id: replayId }) => nth(numberOf(letter_id), { id: `dlt_b${(next += 1)}`, replayId })),
      );
      for (const { letter_id } of well) inbox.standings.set(eventOf(numberOf(letter_id)), ended('done'));
      await lookTimes(1);
    };
    await sent(33);
    await comesBack(9);
    expect(await stateOf('replays', replay)).toBe('running');
    await comesBack(1);
    expect(await stateOf('replays', replay)).toBe('stopped');
    const [row] = await runtime.source.query('select stopped_by from replays where id = $1', [replay]);
    expect(row).toEqual({ stopped_by: '10 of 18 failed again' });
    await runtime.run(controlReplay, { id: replay, order: 'start', who: 'spec', reason: 'seen' });
    await comesBack(8);
    expect([await stateOf('replays', replay), (await statesOf()).filter((state) => state === 'failed').length]).toEqual(['done', 18]);
  });

  it('that stopped at its last letter is over when somebody goes on with it', async () => {
    const replay = await replayOf([nth(1)], 1);
    const [first] = await sent(1);
    await store(nth(1, { id: 'dlt_2', replayId: first?.delivery_id }));
    await lookTimes(2);
    expect([await statesOf(), await stateOf('replays', replay)]).toEqual([['failed'], 'stopped']);
    await runtime.run(controlReplay, { id: replay, order: 'start', who: 'spec', reason: 'seen' });
    await lookTimes(1);
    expect(await stateOf('replays', replay)).toBe('done');
  });

  it('stops at a kind of failure that it did not set out to mend, and at no other', async () => {
    const [one, another, third] = ['1', '2', '3'].map((digit) => digit.repeat(16)) as [string, string, string];
    const replay = await replayOf([nth(1, { fingerprint: one }), nth(2, { fingerprint: another }), nth(3, { fingerprint: another })]);
    const [first, second] = await sent(3);
    await store(nth(1, { id: 'dlt_4', replayId: first?.delivery_id, fingerprint: another }));
    await lookTimes(2);
    expect([await statesOf(), await stateOf('replays', replay)]).toEqual([['failed', 'sent', 'sent'], 'running']);
    await store(nth(2, { id: 'dlt_5', replayId: second?.delivery_id, fingerprint: third, errorMessage: 'in another way' }));
    await lookTimes(1);
    expect([await statesOf(), await stateOf('replays', replay)]).toEqual([['failed', 'failed', 'sent'], 'stopped']);
    const [row] = await runtime.source.query('select stopped_by from replays where id = $1', [replay]);
    expect(row).toEqual({ stopped_by: 'Error: in another way (dlt_5)' });
    inbox.standings.set(eventOf(3), ended('done'));
    await lookTimes(1);
    expect([await statesOf(), await stateOf('replays', replay)]).toEqual([['failed', 'failed', 'resolved'], 'stopped']);
    await runtime.run(controlReplay, { id: replay, order: 'start', who: 'spec', reason: 'seen' });
    await lookTimes(1);
    expect(await stateOf('replays', replay)).toBe('done');
  });
});
