import { eventually } from '@falconpay/testing/eventually';
import { SimulatorProcess } from '@falconpay/testing/simulator-process';
import { callsTo, usd } from './calls-for-specs.js';

let simulator: SimulatorProcess;
beforeAll(async () => {
  simulator = await SimulatorProcess.start();
});
afterAll(() => simulator?.stop());

const { cancel, dispense, get, inquire, post, text } = callsTo(() => simulator.url);
let count = 0;
const newMachine = () => `atms/M${(count += 1)}`;
const noAnswer = (answer: Promise<unknown>) =>
  expect(answer).rejects.toMatchObject({ name: expect.stringMatching(/TypeError|TimeoutError/) });

describe('the record it hands out', () => {
  it.each([
    ['gap', 2, true],
    ['duplicate', 4, true],
    ['truncated', 1, false],
  ])('%s: %i lines, closed: %p; the whole journal is as it is', async (record_fault, count, isClosed) => {
    const machine = newMachine();
    for (const id of ['w1', 'w2', 'w3']) await dispense(machine, id);
    await simulator.behave(machine, { record_fault });
    const day = new Date().toISOString().slice(0, 10);
    const handedOut = await text(`v1/${machine}/journal?date=${day}`);
    const lines = handedOut.split('\n').filter((line) => line.startsWith('{"seq"') && line.endsWith('}'));
    expect(lines.length).toBe(count);
    expect(handedOut.includes('"closing":true')).toBe(isClosed);
    expect((await simulator.journal(machine)).lines).toHaveLength(3);
  });

  it.each([
    ['unknown_id', /"never-heard-of"/],
    ['wrong_currency', /"JPY"/],
    ['wrong_total', /"lines":4/],
  ])('%s', async (record_fault, seen) => {
    const machine = newMachine();
    for (const id of ['w1', 'w2', 'w3']) await dispense(machine, id);
    await simulator.behave(machine, { record_fault });
    const day = new Date().toISOString().slice(0, 10);
    expect(await text(`v1/${machine}/journal?date=${day}`)).toMatch(seen);
  });
});

describe('a simulator that is killed', () => {
  it('knows afterwards what it has answered, what is still to go wrong, and nothing of what it had not done yet', async () => {
    const machine = newMachine();
    await simulator.behave(machine, { next: ['success', 'silent', 'late:60000', 'refuse'], then: 'unknown' });
    await dispense(machine, 'w1');
    await noAnswer(dispense(machine, 'w2', 10_000, 1_000));
    await cancel(machine, 'w2');
    const late = noAnswer(dispense(machine, 'w3', 10_000, 20_000));
    await eventually('it is under way', async () => (await inquire(machine, 'w3')).body['outcome'] === 'in_progress');
    const before = await simulator.journal(machine);
    await simulator.kill();
    await late;
    await simulator.launch();
    expect(await simulator.journal(machine)).toEqual(before);
    expect((await inquire(machine, 'w1')).body).toMatchObject({ outcome: 'dispensed' });
    expect((await inquire(machine, 'w2')).body).toMatchObject({ outcome: 'tombstoned' });
    expect((await inquire(machine, 'w3')).status).toBe(404);
    expect((await dispense(machine, 'w4')).body).toMatchObject({ outcome: 'not_dispensed' });
    expect((await dispense(machine, 'w5')).body).toMatchObject({ outcome: 'unknown' });
  });

  it('in the midst of many: every answer that was given is in the journal, no order twice', async () => {
    const machine = newMachine();
    const answered: string[] = [];
    const load = Promise.all(
      Array.from({ length: 20 }, async (_, client) => {
        for (let turn = 0; ; turn += 1) {
          const id = `w${client}-${turn}`;
          const answer = await dispense(machine, id).catch(() => undefined);
          if (answer === undefined) return;
          answered.push(id);
        }
      }),
    );
    await eventually('some have been answered', () => answered.length > 200);
    await simulator.kill();
    await load;
    await simulator.launch();
    const { lines } = await simulator.journal(machine);
    const written = lines.map((line) => String(line['dispense_id']));
    expect(new Set(written).size).toBe(written.length);
    expect(answered.filter((id) => !written.includes(id))).toEqual([]);
    expect(lines.map(({ seq }) => seq)).toEqual(lines.map((_, index) => index + 1));
  });
});

describe('what it cannot do', () => {
  it.each([
    ['atms/A/behaviour', { next: ['explode'] }, '/next/0'],
    ['atms/A/behaviour', { then: 'late' }, '/then'],
    ['atms/A/behaviour', { rates: { refuse: 60, jam: 60 } }, '/rates'],
    ['banks/A/behaviour', { next: ['success', 'jam'] }, '/next/1'],
    ['atms/A/behaviour', { weather: 'rain' }, '/weather'],
  ])('PUT %s %j is refused at %s', async (path, body, pointer) => {
    const answer = await simulator.put(path, body);
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ errors: [{ pointer }] });
  });

  it('a command without an id, with a broken amount, or to a name that is none', async () => {
    expect((await post('atms/A/dispenses', { amount: usd(100) })).status).toBe(400);
    expect((await post('atms/A/dispenses', { dispense_id: 'w', amount: usd(0) })).status).toBe(400);
    expect((await post('atms/a%2Fb/dispenses', { dispense_id: 'w', amount: usd(1) })).status).toBe(404);
    expect((await get('shops/A')).status).toBe(404);
  });
});

it('shows each machine on a page, and escapes what others have named', async () => {
  await dispense('atms/Page', '..-_page', 12_300);
  const html = await text(``);
  expect(html).toContain('<h3>Page</h3>');
  expect(html).toContain('dispensed 12300 USD');
  expect(html).toMatch(/<td>10000<\/td><td>USD<\/td><td>99999<\/td>/);
});
