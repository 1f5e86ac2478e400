import { setTimeout as delay } from 'node:timers/promises';
import type { LocalSystem } from '@falconpay/local/local-system';
import { CrashPoints } from '@falconpay/testing/crash-points';
import { ServiceClient } from '@falconpay/testing/service-client';
import { CashMachine } from '../cash-machine.js';
import { usd } from '../partner.js';
import { partnersInBooks } from '../partners-in-books.js';
import { brokenPromises } from './books.js';
import { postUntilAccepted } from './clients.js';
import { FaultSystem, stopAll } from './fault-system.js';
import { PartnerDoor } from './partner-door.js';

const env = { ATM_DISPENSE_TIMEOUT_MS: '800', ATM_ERRANDS_EVERY_MS: '20', ATM_RECONCILE_EVERY_MS: '50' };
const misbehaviour = {
  silent: 20,
  crash_after_act: 15,
  'crash_after_act+cancel_error:1': 15,
  'late:1200': 10,
  'partial:40': 10,
  refuse: 5,
};
const count = 80;

const crashes = new CrashPoints();
let system: FaultSystem;
let other: LocalSystem;
let door: PartnerDoor;
let machine: CashMachine;
let account: string;
beforeAll(async () => {
  system = await FaultSystem.start({ name: 'gates', env: { ...env, ...crashes.env } });
  other = await system.another('atm-gateway', { NODE_OPTIONS: '' });
  door = await PartnerDoor.start(system.running.local.urls['simulator'] ?? '');
  machine = await CashMachine.install(system.running, door.url);
  account = (await system.running.account('USD', 1_000_000)).id;
});
afterAll(() => stopAll(door, system).finally(() => crashes.remove()));

const forget = (): Promise<object[]> => system.running.sql('atm-gateway', 'delete from errands');
const isOver = async (id: string): Promise<boolean> => ['COMPLETED', 'REFUNDED'].includes((await machine.look(id)).status);

describe('two gateways whose errands are lost again and again', () => {
  it('do nothing twice: each finds what is left, and no machine is told twice', async () => {
    await machine.tell({ rates: misbehaviour });
    const clients = [system.running.gateway, new ServiceClient(other.urls['atm-gateway'] ?? '')];
    const losing = new AbortController();
    const loss = (async () => {
      while (!losing.signal.aborted) {
        await forget();
        await delay(30);
      }
    })();
    const ids = await Promise.all(
      Array.from({ length: count }, async (_, index) => {
        const client = clients[index % 2] ?? system.running.gateway;
        const order = { account, amount: usd(500), atm_id: machine.id };
        const { id } = await postUntilAccepted(client, order, { path: '/v1/withdrawals' });
        if (index === count / 2) other.kill('atm-gateway');
        return id;
      }),
    );
    const half = async () => (await Promise.all(ids.map(isOver))).filter(Boolean).length >= count / 2;
    await system.running.eventually('half of them are over', half, { everyMs: 100 });
    losing.abort();
    await loss;
    const all = async () => (await Promise.all(ids.map(isOver))).every(Boolean);
    await system.running.eventually('all of them are over', all, { everyMs: 100 });
    clients[1]?.close();
    expect(system.running.log.filter((line) => line.includes('orders without an errand were found'))).not.toEqual([]);
    expect(door.sentAgain).toEqual([]);
    expect(await partnersInBooks(system.running.local, 'withdrawal', [machine.id])).toMatchObject({ orders: count, open: 0, wrong: [] });
  });

  it('find after a restart what was left', async () => {
    await machine.behave('silent', 'crash_after_act+late:2000');
    const ids = [await machine.requested(account, 500), await machine.requested(account, 500)];
    await system.running.eventually('both are told', () => ids.every((id) => door.sent(id) === 1));
    await Promise.all([system.running.stopService('atm-gateway'), other.stopProcess('atm-gateway')]);
    await forget();
    await Promise.all([system.running.startService('atm-gateway'), other.startProcess('atm-gateway')]);
    await machine.until(ids[0] ?? '', 'REFUNDED');
    await machine.until(ids[1] ?? '', 'COMPLETED');
    expect(door.sentAgain).toEqual([]);
  });

  it('may stand still between the intent and the dispense: what is sent too late meets a tombstone', async () => {
    const { running } = system;
    await machine.behave('success');
    await other.stopProcess('atm-gateway');
    const pid = running.local.pid('atm-gateway') ?? 0;
    await crashes.arm('atm-gateway', pid, { point: 'call POST dispenses#1', when: 'before', signal: 'SIGSTOP' });
    const id = await machine.requested(account, 500);
    await running.eventually('the gateway stands still', () => crashes.hasStruck('atm-gateway'));
    try {
      await other.startProcess('atm-gateway');
      const refunded = `select 1 from orders where id = $1 and status = 'REFUNDED'`;
      const isRefunded = async () => (await running.sql('atm-gateway', refunded, [id])).length > 0;
      await running.eventually('the other one has found out, and given it back', isRefunded, { everyMs: 100 });
      expect(door.sent(id)).toBe(0);
    } finally {
      process.kill(pid, 'SIGCONT');
    }
    await running.eventually('the dispense is sent, and answered', () => door.sent(id) === 1 && door.isQuiet);
    expect(await machine.journal(id)).toEqual(['tombstoned 0']);
    expect(await machine.look(id)).toMatchObject({ status: 'REFUNDED', cases: [] });
    expect(running.local.pid('atm-gateway')).toBe(pid);
  });

  it('leave the books in order', async () => {
    expect((await partnersInBooks(system.running.local, 'withdrawal', [machine.id])).wrong).toEqual([]);
    expect(await brokenPromises(system.running)).toEqual([]);
  });
});
