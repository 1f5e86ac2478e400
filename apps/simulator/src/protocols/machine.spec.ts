import { eventually } from '@falconpay/testing/eventually';
import { SimulatorProcess } from '@falconpay/testing/simulator-process';
import { callsTo, usd } from '../calls-for-specs.js';

let simulator: SimulatorProcess;
beforeAll(async () => {
  simulator = await SimulatorProcess.start();
});
afterAll(() => simulator?.stop());

const { cancel, dispense, get, inquire, post, text } = callsTo(() => simulator.url);
let count = 0;
const newMachine = () => `atms/M${(count += 1)}`;
const eventsOf = async (partner: string) => (await simulator.journal(partner)).lines.map(({ event, amount }) => `${event} ${amount}`);
const noAnswer = (answer: Promise<unknown>) =>
  expect(answer).rejects.toMatchObject({ name: expect.stringMatching(/TypeError|TimeoutError/) });

describe('a cash machine', () => {
  it('pays, takes the notes from its cassettes, and writes that down before it answers', async () => {
    const machine = newMachine();
    expect(await dispense(machine, 'w1', 17_000)).toEqual({
      status: 200,
      body: { dispense_id: 'w1', outcome: 'dispensed', dispensed: usd(17_000), machine_ref: expect.any(String) },
    });
    const { lines, closing } = await simulator.journal(machine);
    expect(lines).toEqual([
      {
        seq: 1,
        at: expect.stringMatching(/Z$/),
        dispense_id: 'w1',
        event: 'dispensed',
        amount: 17_000,
        currency: 'USD',
        machine_ref: expect.any(String),
      },
    ]);
    expect(closing).toMatchObject({
      closing: true,
      lines: 1,
      first_seq: 1,
      last_seq: 1,
      counts: { dispensed: 1 },
      sums: { USD: { dispensed: 17_000 } },
    });
    const cassettes = closing['cassettes'] as { note: number; opening: number; loaded: number; closing: number }[];
    expect(cassettes.reduce((sum, each) => sum + each.note * (each.opening + each.loaded - each.closing), 0)).toBe(17_000);
  });

  it('answers the same id as it did the first time, and pays once; another amount under this id is refused', async () => {
    const machine = newMachine();
    await simulator.behave(machine, { next: ['success', 'refuse'] });
    const first = await dispense(machine, 'w1');
    expect(await dispense(machine, 'w1')).toEqual(first);
    expect((await dispense(machine, 'w1', 5_000)).status).toBe(409);
    expect(await eventsOf(machine)).toEqual(['dispensed 10000']);
  });

  it('pays once for two commands with the same id at the same moment', async () => {
    const machine = newMachine();
    await simulator.behave(machine, { latency_ms: 50 });
    const [one, other] = await Promise.all([dispense(machine, 'w1'), dispense(machine, 'w1')]);
    expect(other).toEqual(one);
    expect(await eventsOf(machine)).toEqual(['dispensed 10000']);
  });

  it.each([
    ['refuse', 'no_cash'],
    ['refuse:offline', 'offline'],
    ['jam', 'jam'],
  ])('%s: nothing comes out, and it says why', async (behaviour, reason) => {
    const machine = newMachine();
    await simulator.behave(machine, { next: [behaviour] });
    expect((await dispense(machine, 'w1')).body).toMatchObject({ outcome: 'not_dispensed', dispensed: usd(0), reason });
    expect(await eventsOf(machine)).toEqual(['not_dispensed 0']);
    expect((await dispense(machine, 'w2')).body).toMatchObject({ outcome: 'dispensed' });
  });

  it.each([
    ['partial:40', 10_000, 4_000],
    ['partial:2000', 10_000, 2_000],
    ['partial:99', 200, 198],
  ])('%s of %i: %i come out', async (behaviour, amount, paid) => {
    const machine = newMachine();
    await simulator.behave(machine, { next: [behaviour] });
    expect((await dispense(machine, 'w1', amount)).body).toMatchObject({ outcome: 'partial', dispensed: usd(paid) });
    expect((await inquire(machine, 'w1')).body).toMatchObject({ outcome: 'partial', dispensed: usd(paid) });
  });

  it('pays only with the notes it has', async () => {
    const machine = newMachine();
    const fill = {
      cassettes: [
        { note: 5_000, currency: 'USD', count: 1 },
        { note: 2_000, currency: 'USD', count: 3 },
      ],
    };
    expect((await simulator.put(`${machine}/cassettes`, fill)).status).toBe(200);
    expect((await dispense(machine, 'w1', 1_000)).body).toMatchObject({ outcome: 'not_dispensed', reason: 'no_cash' });
    expect((await dispense(machine, 'w2', 6_000)).body).toMatchObject({ outcome: 'dispensed' });
    expect((await dispense(machine, 'w3', 2_000)).body).toMatchObject({ outcome: 'not_dispensed', reason: 'no_cash' });
    const other = await post(`${machine}/dispenses`, { dispense_id: 'w4', amount: { amount: 5_000, currency: 'OMR' } });
    expect(other.body).toMatchObject({ outcome: 'not_dispensed', reason: 'wrong_currency' });
  });

  it('late: is under way meanwhile, cannot be held back, and pays', async () => {
    const machine = newMachine();
    await simulator.behave(machine, { next: ['late:2000'] });
    const answer = dispense(machine, 'w1');
    await eventually('it is under way', async () => (await inquire(machine, 'w1')).body['outcome'] === 'in_progress');
    expect((await cancel(machine, 'w1')).body).toMatchObject({ outcome: 'in_progress' });
    expect((await answer).body).toMatchObject({ outcome: 'dispensed' });
    expect((await cancel(machine, 'w1')).body).toMatchObject({ outcome: 'dispensed', dispensed: usd(10_000) });
    expect(await eventsOf(machine)).toEqual(['dispensed 10000']);
  });

  it('silent: does nothing and says nothing; a cancel is a tombstone for ever', async () => {
    const machine = newMachine();
    await simulator.behave(machine, { next: ['silent'] });
    await noAnswer(dispense(machine, 'w1', 10_000, 1_000));
    expect((await inquire(machine, 'w1')).body).toMatchObject({ outcome: 'in_progress' });
    expect((await cancel(machine, 'w1')).body).toMatchObject({ outcome: 'tombstoned' });
    expect((await inquire(machine, 'w1')).body).toMatchObject({ outcome: 'tombstoned' });
    expect((await dispense(machine, 'w1')).body).toMatchObject({ outcome: 'not_dispensed', dispensed: usd(0), reason: 'tombstoned' });
    expect(await eventsOf(machine)).toEqual(['tombstoned 0']);
  });

  it('delayed: has not heard of it yet, which is no evidence; a tombstone waits for the command', async () => {
    const machine = newMachine();
    await simulator.behave(machine, { next: ['delayed:2000', 'delayed:2000'] });
    const [kept, held] = [dispense(machine, 'w1'), dispense(machine, 'w2')];
    expect((await inquire(machine, 'w1')).status).toBe(404);
    expect((await cancel(machine, 'w2')).body).toMatchObject({ outcome: 'tombstoned' });
    expect((await kept).body).toMatchObject({ outcome: 'dispensed' });
    expect((await held).body).toMatchObject({ outcome: 'not_dispensed', reason: 'tombstoned' });
    expect((await eventsOf(machine)).sort()).toEqual(['dispensed 10000', 'tombstoned 0']);
  });

  it('crash_after_act: has paid, and the answer is lost', async () => {
    const machine = newMachine();
    await simulator.behave(machine, { next: ['crash_after_act'] });
    await noAnswer(dispense(machine, 'w1'));
    expect((await inquire(machine, 'w1')).body).toMatchObject({ outcome: 'dispensed', dispensed: usd(10_000) });
  });

  it('unknown: does not know, and never will', async () => {
    const machine = newMachine();
    await simulator.behave(machine, { next: ['unknown'] });
    expect((await dispense(machine, 'w1')).body).toMatchObject({ outcome: 'unknown' });
    expect((await cancel(machine, 'w1')).body).toMatchObject({ outcome: 'unknown' });
    expect((await inquire(machine, 'w1')).body).toMatchObject({ outcome: 'unknown' });
  });

  it('contradict: denies what it is about to do', async () => {
    const machine = newMachine();
    await simulator.behave(machine, { next: ['contradict:2000'] });
    const answer = dispense(machine, 'w1');
    await eventually('it denies', async () => (await inquire(machine, 'w1')).body['outcome'] === 'not_dispensed');
    expect((await answer).body).toMatchObject({ outcome: 'dispensed' });
  });

  it('tombstone_broken: pays although it has promised not to', async () => {
    const machine = newMachine();
    await simulator.behave(machine, { next: ['tombstone_broken:50'] });
    const answer = dispense(machine, 'w1');
    await eventually('it is under way', async () => (await inquire(machine, 'w1')).body['outcome'] === 'in_progress');
    expect((await cancel(machine, 'w1')).body).toMatchObject({ outcome: 'tombstoned' });
    expect((await answer).body).toMatchObject({ outcome: 'dispensed' });
    expect(await eventsOf(machine)).toEqual(['tombstoned 0', 'dispensed 10000']);
  });

  it.each([
    ['retract_counted', { outcome: 'retracted', dispensed: usd(0), reason: 'not_taken' }, ['presented 10000', 'retracted 10000']],
    ['retract_partly:20', { outcome: 'retracted', dispensed: usd(2_000), reason: 'partly_taken' }, ['presented 10000', 'retracted 8000']],
    ['retract_uncounted', { outcome: 'retracted', reason: 'not_counted' }, ['presented 10000', 'retracted 0']],
  ])('%s: presents and takes back', async (behaviour, found, events) => {
    const machine = newMachine();
    await simulator.behave(machine, { next: [behaviour] });
    expect((await dispense(machine, 'w1')).body).toMatchObject({ outcome: 'unknown' });
    const { body } = await inquire(machine, 'w1');
    expect(body).toMatchObject(found);
    expect('dispensed' in body).toBe('dispensed' in found);
    expect(await eventsOf(machine)).toEqual(events);
  });

  it('power_cut: cash is gone, and only the cassettes know', async () => {
    const machine = newMachine();
    await simulator.behave(machine, { next: ['power_cut'] });
    await noAnswer(dispense(machine, 'w1'));
    expect((await inquire(machine, 'w1')).body).toMatchObject({ outcome: 'unknown' });
    const { lines, closing } = await simulator.journal(machine);
    expect(lines).toEqual([]);
    const cassettes = closing['cassettes'] as { note: number; opening: number; loaded: number; closing: number }[];
    expect(cassettes.reduce((sum, each) => sum + each.note * (each.opening + each.loaded - each.closing), 0)).toBe(10_000);
    expect((await get(machine)).body).toMatchObject({ paid: [], paid_unrecorded: [usd(10_000)] });
  });

  it('a cancel that is not obeyed, one that is not answered, and an inquiry that fails', async () => {
    const machine = newMachine();
    await simulator.behave(machine, { next: ['silent+cancel_error:1+cancel_lost:1+inquiry_error:1'] });
    await noAnswer(dispense(machine, 'w1', 10_000, 1_000));
    expect((await inquire(machine, 'w1')).status).toBe(503);
    expect((await cancel(machine, 'w1')).status).toBe(503);
    expect((await inquire(machine, 'w1')).body).toMatchObject({ outcome: 'in_progress' });
    await noAnswer(cancel(machine, 'w1', 1_000));
    expect((await inquire(machine, 'w1')).body).toMatchObject({ outcome: 'tombstoned' });
    expect((await cancel(machine, 'w1')).body).toMatchObject({ outcome: 'tombstoned' });
  });

  it('in a network that loses requests, answers, or everything', async () => {
    const machine = newMachine();
    await simulator.behave(machine, { network: 'requests_lost' });
    await noAnswer(dispense(machine, 'w1', 10_000, 1_000));
    await simulator.behave(machine, { network: 'answers_lost' });
    await noAnswer(dispense(machine, 'w2', 10_000, 1_000));
    await simulator.behave(machine, { network: 'refused' });
    await noAnswer(dispense(machine, 'w3'));
    await simulator.behave(machine, {});
    expect((await inquire(machine, 'w1')).status).toBe(404);
    expect((await inquire(machine, 'w2')).body).toMatchObject({ outcome: 'dispensed' });
    expect((await inquire(machine, 'w3')).status).toBe(404);
  });

  it('a clock that is off by hours moves the times and the days, not the numbers', async () => {
    const machine = newMachine();
    await dispense(machine, 'w1');
    await simulator.behave(machine, { clock_offset_hours: -48 });
    await dispense(machine, 'w2');
    const { lines } = await simulator.journal(machine);
    expect(lines.map(({ seq }) => seq)).toEqual([1, 2]);
    expect(Date.parse(String(lines[0]?.['at'])) - Date.parse(String(lines[1]?.['at']))).toBeGreaterThan(47 * 3_600_000);
    const day = String(lines[1]?.['at']).slice(0, 10);
    const ofTheDay = (await text(`v1/${machine}/journal?date=${day}`)).trimEnd().split('\n');
    expect(ofTheDay.map((line) => JSON.parse(line) as object)).toEqual([
      lines[1],
      expect.objectContaining({ closing: true, date: day, lines: 1, first_seq: 2 }),
    ]);
  });

  it('behaves badly by chance, in the share it was told to', async () => {
    const machine = newMachine();
    await simulator.behave(machine, { rates: { refuse: 30, 'partial:50': 20 } });
    const outcomes = await Promise.all(
      Array.from({ length: 300 }, async (_, index) => (await dispense(machine, `w${index}`)).body['outcome']),
    );
    const share = (outcome: string) => outcomes.filter((each) => each === outcome).length / outcomes.length;
    expect(share('not_dispensed')).toBeGreaterThan(0.2);
    expect(share('not_dispensed')).toBeLessThan(0.4);
    expect(share('partial')).toBeGreaterThan(0.12);
    expect(share('dispensed')).toBeGreaterThan(0.4);
  });
});
