import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { startSystem, type RunningSystem } from '@falconpay/testing/running-system';
import { firing, rulesIn } from '@falconpay/tools/alerts/alert-rules';
import type { Labels, Sample } from '@falconpay/tools/alerts/promql';
import { samplesIn } from '@falconpay/tools/alerts/rule-tests';
import { CashMachine } from './cash-machine.js';

let system: RunningSystem;
beforeAll(async () => {
  const env = { ATM_DISPENSE_TIMEOUT_MS: '2000', ATM_ERRANDS_EVERY_MS: '20', ATM_RECONCILE_EVERY_MS: '100', ATM_REVIEW_AFTER_MS: '600000' };
  system = await startSystem({ name: 'alerts', env });
});
afterAll(() => system?.stop());

const files = ['cash-machines', 'reconciliation', 'messaging'];
const rules = files.flatMap((file) => rulesIn(readFileSync(new URL(`../../infra/alerts/${file}.yml`, import.meta.url), 'utf8')));

const scrape = async (service = 'atm-gateway'): Promise<Sample[]> => samplesIn((await system.client(service).get('/metrics')).text);

/** What a rule says when a service showed this, and then that for the next ten minutes. The clock begins where ours is. */
function alertsOf(name: string, first: readonly Sample[], then: readonly Sample[]): Labels[] {
  const rule = rules.find(({ alert }) => alert === name);
  if (!rule) throw new Error(`there is no rule ${name}`);
  const start = Math.floor(Date.now() / 1_000);
  const history = Array.from({ length: 11 }, (_, minute) => ({ at: start + 60 * minute, samples: minute === 0 ? first : then }));
  return firing(rule, history, start + 600, 60);
}

async function inFront(...behaviours: string[]): Promise<{ machine: CashMachine; account: string }> {
  const [machine, { id }] = await Promise.all([CashMachine.install(system), system.account('USD', 100_000)]);
  await machine.behave(...behaviours);
  return { machine, account: id };
}

describe('the alert', () => {
  it('CashMachineFails tells a machine that fails too often from one that does not', async () => {
    const [bad, good] = [await inFront('success', ...Array<string>(2).fill('refuse')), await inFront()];
    for (const { machine, account } of [bad, good]) await machine.withdraw(account, 100, 'COMPLETED');
    const before = await scrape();
    for (const { machine, account } of [bad, good]) await Promise.all(Array.from({ length: 12 }, () => machine.requested(account, 100)));
    await system.eventually('all have ended', async () => {
      const metrics = await scrape();
      const ended = (id: string) =>
        metrics
          .filter(({ name, labels }) => /^falconpay_atm_(successful|failed)_total$/.test(name) && labels['machine'] === id)
          .reduce((sum, { value }) => sum + value, 0);
      return ended(bad.machine.id) === 13 && ended(good.machine.id) === 13;
    });
    expect(alertsOf('CashMachineFails', before, await scrape())).toEqual([{ severity: 'page', machine: bad.machine.id }]);
  });

  it('CashMachineOutcomeUnknown and CashMachineWithdrawalsStuck come when nobody knows for long, and go when somebody does', async () => {
    const { machine, account } = await inFront('unknown');
    const id = await machine.requested(account, 100);
    await machine.until(id, 'RECONCILING');
    const own = async (name: string): Promise<Labels[]> => {
      const now = await scrape();
      return alertsOf(name, now, now).filter((labels) => labels['machine'] === machine.id);
    };
    expect(await own('CashMachineOutcomeUnknown')).toEqual([]);
    expect(await own('CashMachineWithdrawalsStuck')).toEqual([]);
    await system.sql('atm-gateway', 'alter table orders disable trigger orders_move_legally');
    await system.sql(
      'atm-gateway',
      `update orders set created_at = created_at - interval '20 minutes', sent_at = sent_at - interval '20 minutes' where id = $1`,
      [id],
    );
    await system.sql('atm-gateway', 'alter table orders enable trigger orders_move_legally');
    for (const name of ['CashMachineOutcomeUnknown', 'CashMachineWithdrawalsStuck'])
      expect(await own(name)).toEqual([{ severity: 'page', machine: machine.id }]);
    await machine.until(id, 'MANUAL_REVIEW');
    expect((await machine.resolve(id, 'not_dispensed')).status).toBe(200);
    await machine.until(id, 'REFUNDED');
    for (const name of ['CashMachineOutcomeUnknown', 'CashMachineWithdrawalsStuck']) expect(await own(name)).toEqual([]);
  });

  it('ReconciliationBreakOpen comes with a break of yesterday, ReconciliationMissing and ClearingUnsettled with a record that cannot be had', async () => {
    const { machine, account } = await inFront();
    await machine.withdraw(account, 100, 'COMPLETED');
    await machine.tell({ record_fault: 'unknown_id' });
    const today = new Date().toISOString().slice(0, 10);
    expect((await system.gateway.send('PUT', `/v1/atms/${machine.id}/reconciliations/${today}`, '')).status).toBe(200);
    const fresh = await scrape();
    for (const name of ['ReconciliationBreakOpen', 'ReconciliationMissing', 'ClearingUnsettled'])
      expect(alertsOf(name, fresh, fresh)).toEqual([]);
    await machine.tell({ network: 'refused' });
    await system.sql('atm-gateway', `update breaks set created_at = created_at - interval '2 days'`);
    await system.sql('atm-gateway', `update records set taken_at = taken_at - interval '2 days'`);
    await system.sql('atm-gateway', `update partners set created_at = created_at - interval '9 days' where id = $1`, [machine.id]);
    const old = await scrape();
    expect(alertsOf('ReconciliationBreakOpen', old, old)).toEqual(
      expect.arrayContaining([{ severity: 'page', kind: 'machine', class: 'MISSING_INTERNAL' }]),
    );
    for (const name of ['ReconciliationMissing', 'ClearingUnsettled'])
      expect(alertsOf(name, old, old)).toEqual([{ severity: 'page', kind: 'machine' }]);
  });

  it('RecordsSetAside comes with the first record that cannot be taken in', async () => {
    const before = await scrape('wallet');
    expect(alertsOf('RecordsSetAside', before, before)).toEqual([]);
    await system.produce('payment.created', { key: 'x', value: 'no event', headers: { ce_id: randomUUID() } });
    const after = await system.eventually('it is set aside', async () => {
      const now = await scrape('wallet');
      return now.some(({ name, value }) => name === 'falconpay_records_set_aside_total' && value > 0) && now;
    });
    expect(alertsOf('RecordsSetAside', before, after)).toEqual([{ severity: 'page', topic: 'payment.created', group: 'falconpay.wallet' }]);
  });
});
