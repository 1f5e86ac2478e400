import { eventually } from '@falconpay/testing/eventually';
import { SimulatorProcess } from '@falconpay/testing/simulator-process';
import { callsTo } from '../calls-for-specs.js';

let simulator: SimulatorProcess;
beforeAll(async () => {
  simulator = await SimulatorProcess.start();
});
afterAll(() => simulator?.stop());

const { cashOut, credit, get, post, reverse, text } = callsTo(() => simulator.url);
let count = 0;
const newBank = () => `banks/B${(count += 1)}`;
const newInstitution = () => `institutions/I${(count += 1)}`;
const eventsOf = async (partner: string) => (await simulator.journal(partner)).lines.map(({ event, amount }) => `${event} ${amount}`);
const noAnswer = (answer: Promise<unknown>) =>
  expect(answer).rejects.toMatchObject({ name: expect.stringMatching(/TypeError|TimeoutError/) });

describe('a bank', () => {
  it('accepts, rejects, and remembers', async () => {
    const bank = newBank();
    await simulator.behave(bank, { next: ['success', 'refuse', 'crash_after_act', 'silent'] });
    expect((await credit(bank, 'p1')).body).toMatchObject({ credit_id: 'p1', outcome: 'accepted', bank_ref: expect.any(String) });
    expect((await credit(bank, 'p2')).body).toMatchObject({ outcome: 'rejected', reason: 'account_closed' });
    await noAnswer(credit(bank, 'p3'));
    expect((await get(`${bank}/credits/p3`)).body).toMatchObject({ outcome: 'accepted' });
    await noAnswer(credit(bank, 'p4', 1_000));
    expect((await post(`${bank}/credits/p4/cancel`, undefined)).body).toMatchObject({ outcome: 'tombstoned' });
    expect(await eventsOf(bank)).toEqual(['accepted 700', 'rejected 0', 'accepted 700', 'tombstoned 0']);
    const statement = await text(`v1/${bank}/statement?date=${new Date().toISOString().slice(0, 10)}`);
    expect(statement.trimEnd().split('\n')).toHaveLength(5);
  });
});

describe('an institution', () => {
  it('approves and takes back; a repeated reversal is answered as the first time, another one learns that it was done', async () => {
    const institution = newInstitution();
    expect((await cashOut(institution, 'c1')).body).toMatchObject({
      cashout_id: 'c1',
      outcome: 'approved',
      institution_ref: expect.any(String),
    });
    const first = await reverse(institution, 'c1');
    expect(first.body).toEqual({ reversal_id: 'r-c1', cashout_id: 'c1', outcome: 'reversed' });
    expect(await reverse(institution, 'c1')).toEqual(first);
    expect((await reverse(institution, 'c1', 'r-other')).body).toMatchObject({ outcome: 'already_reversed' });
    expect((await get(`${institution}/cashouts/c1`)).body).toMatchObject({ outcome: 'reversed' });
    expect(await eventsOf(institution)).toEqual(['approved 500', 'reversed 500']);
  });

  it('a reversal that overtakes its original', async () => {
    const institution = newInstitution();
    expect((await reverse(institution, 'c1')).body).toMatchObject({ outcome: 'original_unknown' });
    expect((await cashOut(institution, 'c1')).body).toMatchObject({ outcome: 'declined', reason: 'tombstoned' });
    expect(await eventsOf(institution)).toEqual(['tombstoned 0']);
  });

  it('late: has approved long before it says so, and says so after the reversal too', async () => {
    const institution = newInstitution();
    await simulator.behave(institution, { next: ['late:300'] });
    const answer = cashOut(institution, 'c1');
    await eventually('it has approved', async () => (await get(`${institution}/cashouts/c1`)).body['outcome'] === 'approved');
    expect((await reverse(institution, 'c1')).body).toMatchObject({ outcome: 'reversed' });
    expect((await answer).body).toMatchObject({ outcome: 'approved' });
    expect(await eventsOf(institution)).toEqual(['approved 500', 'reversed 500']);
  });

  it('reversals that are not acknowledged', async () => {
    const institution = newInstitution();
    await simulator.behave(institution, { next: ['crash_after_act+cancel_error:2'] });
    await noAnswer(cashOut(institution, 'c1'));
    for (const status of [503, 503, 200]) expect((await reverse(institution, 'c1')).status).toBe(status);
  });

  it('keeps nothing of the card', async () => {
    const institution = newInstitution();
    await cashOut(institution, 'c1');
    const everything = [await text(`v1/${institution}/journal`), await text(``), await simulator.keptText()].join('\n');
    expect(everything).not.toMatch(/4000001234567899|8642/);
  });
});
