import { startSystem, type RunningSystem } from '@falconpay/testing/running-system';
import type { HttpReply, Parsed } from '@falconpay/testing/service-client';
import { problemIn } from '@falconpay/testing/problem-in';
import { awayFromMidnight, awayFromMidnightMs } from './away-from-midnight.js';
import { CashMachine } from './cash-machine.js';
import { usd } from './partner.js';
import { brokenPromises } from './faults/books.js';
import { falconpay } from './prove/falconpay-command.js';

const dayMs = 86_400_000;

let system: RunningSystem;
beforeAll(async () => {
  const env = {
    ...{ ATM_DISPENSE_TIMEOUT_MS: '1500', ATM_ERRANDS_EVERY_MS: '20', ATM_RECONCILE_EVERY_MS: '100', ATM_REVIEW_AFTER_MS: '3000' },
    RECONCILE_CUT_OFF_HOUR: '0',
  };
  system = await startSystem({ name: 'reconciliation', env });
  await awayFromMidnight();
}, awayFromMidnightMs);
afterAll(() => system?.stop());

/** It pays, and nobody can ask it. */
const unreachableAfterAct = 'crash_after_act+cancel_error:1000+inquiry_error:1000';
const today = (): string => new Date().toISOString().slice(0, 10);
const yesterday = (): string => new Date(Date.now() - dayMs).toISOString().slice(0, 10);

async function inFront(...behaviours: string[]): Promise<{ machine: CashMachine; account: string }> {
  const [machine, { id }] = await Promise.all([CashMachine.install(system), system.account('USD', 100_000)]);
  await machine.behave(...behaviours);
  return { machine, account: id };
}

const reconcile = (machine: CashMachine, date = today()): Promise<HttpReply> =>
  system.gateway.send('PUT', `/v1/atms/${machine.id}/reconciliations/${date}`, '');
const breaksOf = async (machine: CashMachine, query = ''): Promise<Parsed[]> =>
  (await system.gateway.get(`/v1/breaks?kind=machine&partner=${machine.id}${query}`)).body.data as Parsed[];
const classesIn = (reply: HttpReply): [string, string][] =>
  (reply.body.breaks as Parsed[]).map(({ item, class: found }) => [item as string, found as string]);

/** The record it hands out is spoilt from now on; what it keeps is not. */
const spoil = (machine: CashMachine, settings: object): Promise<void> => machine.tell(settings);

describe('a machine’s journal', () => {
  it('that agrees with our books matches item by item, and in its totals', async () => {
    const { machine, account } = await inFront('success', 'partial:40', 'refuse', 'retract_counted');
    for (const status of ['COMPLETED', 'COMPLETED', 'REFUNDED', 'REFUNDED']) await machine.withdraw(account, 4_000, status);
    expect(await reconcile(machine)).toMatchObject({
      status: 200,
      body: {
        ...{ status: 'TAKEN', kind: 'machine', partner: machine.id, date: today(), matched: 4, broken: 0, breaks: [] },
        totals: [
          {
            ...{ currency: 'USD', agrees: true, ours: { count: 2, sum: 5_600 } },
            ...{ out: { count: 3, sum: 9_600 }, back: { count: 1, sum: 4_000 } },
          },
        ],
      },
    });
    expect(await breaksOf(machine)).toEqual([]);
    const listed = await system.gateway.get(`/v1/reconciliations?kind=machine&partner=${machine.id}&date=${today()}`);
    expect(listed.body).toMatchObject({ data: [{ status: 'TAKEN', matched: 4 }], has_more: false });
  });

  it('is matched by id and sequence, also when the machine’s clock is a day off (ATM-15)', async () => {
    const { machine, account } = await inFront();
    await spoil(machine, { clock_offset_hours: -24 });
    await machine.withdraw(account, 4_000, 'COMPLETED');
    const early = await reconcile(machine);
    expect(classesIn(early).map(([, found]) => found)).toEqual(['DATE_CUTOFF']);
    expect(await reconcile(machine, yesterday())).toMatchObject({ body: { status: 'TAKEN', matched: 1, broken: 0 } });
    expect(await breaksOf(machine, '&status=OPEN')).toEqual([]);
    expect(await reconcile(machine)).toMatchObject({ body: { matched: 1, broken: 0 } });
  });

  it('settles what nobody knew, as the weightiest evidence but for people', async () => {
    const { machine, account } = await inFront(unreachableAfterAct);
    const id = await machine.requested(account, 4_000);
    await machine.until(id, 'MANUAL_REVIEW');
    expect(await reconcile(machine)).toMatchObject({ body: { status: 'TAKEN', matched: 1, broken: 0 } });
    const completed = await machine.until(id, 'COMPLETED');
    expect(completed.dispensed).toEqual(usd(4_000));
    expect(completed.evidence.at(-1)).toMatchObject({ source: 'journal', says: 'done', dispensed: usd(4_000) });
    expect(await machine.balance(account)).toEqual({ posted: 96_000, held: 0, available: 96_000 });
    await reconcile(machine);
    expect((await machine.look(id)).evidence).toEqual(completed.evidence);
  });

  it('that is silent settles nothing: cassettes and journal disagree after a power cut, and people have to look (ATM-13)', async () => {
    const { machine, account } = await inFront('power_cut', 'success');
    const id = await machine.requested(account, 4_000);
    await machine.withdraw(account, 2_000, 'COMPLETED');
    await machine.until(id, 'MANUAL_REVIEW');
    expect(classesIn(await reconcile(machine))).toEqual([
      [id, 'UNKNOWN_OUTCOME'],
      [`day ${today()}`, 'UNKNOWN_OUTCOME'],
    ]);
    const [ofTheDay] = await breaksOf(machine);
    expect(ofTheDay).toMatchObject({ evidence: 'gone from the cassettes, and in no line: 4000 USD' });
    expect(await machine.look(id)).toMatchObject({ status: 'MANUAL_REVIEW' });
    expect(await machine.balance(account)).toMatchObject({ posted: 98_000, held: 4_000 });
    expect((await machine.resolve(id, 'dispensed')).status).toBe(200);
    await machine.until(id, 'COMPLETED');
  });

  it('that knows of cash we have given back is a break, and changes no money', async () => {
    const { machine, account } = await inFront(unreachableAfterAct);
    const id = await machine.requested(account, 4_000);
    await machine.until(id, 'MANUAL_REVIEW');
    // An operator who is wrong.
    expect((await machine.resolve(id, 'not_dispensed')).status).toBe(200);
    await machine.until(id, 'REFUNDED');
    const before = await system.rowCounts('wallet');
    expect(classesIn(await reconcile(machine))).toEqual([[id, 'STATUS_MISMATCH']]);
    expect(await machine.look(id)).toMatchObject({ status: 'REFUNDED' });
    expect(await system.rowCounts('wallet')).toEqual(before);
  });
});

describe('a journal with faults (ATM-16)', () => {
  const refusals: [string, RegExp][] = [
    ['gap', /gap/],
    ['truncated', /breaks off/],
    ['wrong_total', /closing line says lines 4, and its lines come to 3/],
    ['wrong_currency', /closing line says sums/],
  ];
  it.each(refusals)('%s: it is refused as a whole, with the reason', async (fault, reason) => {
    const { machine, account } = await inFront();
    for (let count = 0; count < 3; count += 1) await machine.withdraw(account, 1_000, 'COMPLETED');
    const before = await system.rowCounts('wallet');
    await spoil(machine, { record_fault: fault });
    expect(await reconcile(machine)).toMatchObject({
      ...{ status: 200, body: { status: 'REFUSED', reason: expect.stringMatching(reason), matched: 0, broken: 0 } },
    });
    expect(await breaksOf(machine)).toEqual([]);
    expect(await system.rowCounts('wallet')).toEqual(before);
    await spoil(machine, { record_fault: 'none' });
    expect(await reconcile(machine)).toMatchObject({ body: { status: 'TAKEN', matched: 3, broken: 0 } });
  });

  it('a line twice, an id that is nobody’s: breaks, found again as the same ones, closed when the journal is right', async () => {
    const { machine, account } = await inFront();
    const ids: string[] = [];
    for (let count = 0; count < 3; count += 1) ids.push((await machine.withdraw(account, 1_000, 'COMPLETED')).id);
    await spoil(machine, { record_fault: 'duplicate' });
    expect(classesIn(await reconcile(machine))).toEqual([[ids[1], 'DUPLICATE_EXTERNAL']]);
    const first = await breaksOf(machine);
    await reconcile(machine);
    expect(await breaksOf(machine)).toEqual(first);
    await spoil(machine, { record_fault: 'unknown_id' });
    expect(classesIn(await reconcile(machine))).toEqual([
      ['never-heard-of', 'MISSING_INTERNAL'],
      [ids[1], 'DATE_CUTOFF'],
    ]);
    expect((await breaksOf(machine)).map(({ id }) => id as string)).toContain(first[0].id);
    await spoil(machine, { record_fault: 'none' });
    expect(await reconcile(machine)).toMatchObject({ body: { matched: 3, broken: 0 } });
    expect(await breaksOf(machine, '&status=OPEN')).toEqual([]);
    expect((await breaksOf(machine, '&status=CLOSED')).map(({ class: found }) => found as string).sort()).toEqual([
      'DATE_CUTOFF',
      'MISSING_INTERNAL',
    ]);
    for (const id of ids) expect(await machine.look(id)).toMatchObject({ status: 'COMPLETED', cases: [] });
  });

  it('one that cannot be had is no break, and says so', async () => {
    const { machine } = await inFront();
    await spoil(machine, { network: 'refused' });
    expect(await reconcile(machine)).toMatchObject({ body: { status: 'UNREACHABLE', reason: 'connection-lost' } });
    expect(problemIn(await reconcile(machine, '2026-02-30'))).toMatchObject({ status: 400, code: 'validation-failed' });
    const nobody = await system.gateway.send('PUT', `/v1/atms/nobody/reconciliations/${today()}`, '');
    expect(problemIn(nobody)).toMatchObject({ status: 404, code: 'atm-not-found' });
  });
});

describe('every day', () => {
  it('is compared by itself once it is over, and for the last time a day later', async () => {
    const { machine, account } = await inFront();
    await spoil(machine, { clock_offset_hours: -24 });
    await machine.withdraw(account, 4_000, 'COMPLETED');
    const days = async (): Promise<Parsed[]> =>
      (await system.gateway.get(`/v1/reconciliations?partner=${machine.id}`)).body.data as Parsed[];
    expect(await days()).toEqual([]);
    await system.sql('atm-gateway', `update partners set created_at = created_at - interval '3 days' where id = $1`, [machine.id]);
    await system.eventually('both days before this one are taken', async () => {
      const found = await days();
      expect(found.map(({ date, status, matched }) => [date, status, matched]).sort()).toEqual([
        [new Date(Date.now() - 2 * dayMs).toISOString().slice(0, 10), 'TAKEN', 0],
        [yesterday(), 'TAKEN', 1],
      ]);
      return true;
    });
    const again = await system.sql<{ date: string; again: boolean }>(
      'atm-gateway',
      `select date, next_at is not null as again from records where partner = $1 order by date`,
      [machine.id],
    );
    expect(again.map((record) => record.again)).toEqual([false, true]);
  });
});

describe('npx falconpay atm reconcile', () => {
  it('says what it found, and whether all of it matches', async () => {
    const { machine, account } = await inFront('success', 'success');
    for (let count = 0; count < 2; count += 1) await machine.withdraw(account, 4_000, 'COMPLETED');
    const command = ['atm', 'reconcile', '--atm', machine.id, '--date', today(), '--home', system.local.home];
    const good = await falconpay(command);
    expect(good).toMatchObject({ status: 0, output: expect.stringContaining('2 matched, 0 broken.') });
    await spoil(machine, { record_fault: 'unknown_id' });
    expect(await falconpay(command)).toMatchObject({ status: 1, output: expect.stringContaining('MISSING_INTERNAL   never-heard-of') });
    await spoil(machine, { record_fault: 'truncated' });
    expect(await falconpay(command)).toMatchObject({ status: 2, output: expect.stringMatching(/^Refused: /) });
    await spoil(machine, { record_fault: 'none' });
    expect(await falconpay([...command, '--json'])).toMatchObject({ status: 0 });
    expect(await falconpay(['atm', 'reconcile', '--atm', 'nobody', '--date', today(), '--home', system.local.home])).toMatchObject({
      ...{ status: 2, errors: expect.stringContaining('There is no machine nobody.') },
    });
    expect(await falconpay(['atm', 'reconcile', '--atm', machine.id])).toMatchObject({ status: 2 });
  });
});

describe('in the end', () => {
  it('the books agree with the evidence', async () => {
    expect(await brokenPromises(system)).toEqual([]);
  });
});
