import { faultsInBooks } from '@falconpay/testing/books';
import { problemIn } from '@falconpay/testing/problem-in';
import { startSystem, type RunningSystem, type TestAccount } from '@falconpay/testing/running-system';
import type { HttpReply } from '@falconpay/testing/service-client';

let system: RunningSystem;
beforeAll(async () => {
  system = await startSystem({ name: 'counter', services: ['payment', 'wallet'] });
});
afterAll(() => system?.stop());

const usd = (amount: number) => ({ amount, currency: 'USD' });
const inMs = (ms: number): string => new Date(Date.now() + ms).toISOString();

const deposit = (account: string, amount: number, more: object = {}): Promise<HttpReply> =>
  system.wallet.post(`/v1/accounts/${account}/deposits`, { amount: usd(amount), ...more });
const withdraw = (account: string, amount: number, more: object = {}): Promise<HttpReply> =>
  system.wallet.post(`/v1/accounts/${account}/withdrawals`, { amount: usd(amount), ...more });
const close = (account: string): Promise<HttpReply> => system.wallet.post(`/v1/accounts/${account}/close`, { reason: 'moved away' });

interface Balance {
  readonly posted: number;
  readonly available: number;
  readonly held: number;
  readonly unreleased: number;
  readonly as_of: string;
}
const balance = async (account: string, at?: string): Promise<Balance> =>
  (await system.wallet.get(`/v1/accounts/${account}/balance${at === undefined ? '' : `?at=${at}`}`)).body as Balance;

describe('a deposit that is released later', () => {
  it('is posted at once, and becomes spendable at its instant without anybody touching it', async () => {
    const { id } = await system.account('USD', 100);
    const inAnHour = inMs(3_600_000);
    const paid = await deposit(id, 50, { release_at: inAnHour });
    expect(paid).toMatchObject({ status: 201, body: { status: 'COMPLETED', amount: usd(50), release_at: inAnHour } });
    expect(await balance(id)).toMatchObject({ posted: 150, unreleased: 50, available: 100 });
    expect(problemIn(await withdraw(id, 101))).toMatchObject({ status: 422, code: 'insufficient-funds' });
    const soon = inMs(700);
    await deposit(id, 30, { release_at: soon });
    const before = await system.sql('wallet', 'select * from accounts where id = $1', [id]);
    const released = await system.eventually('it is available', async () => {
      const now = await balance(id);
      return now.available === 130 ? now : undefined;
    });
    expect(released).toMatchObject({ posted: 180, unreleased: 50 });
    expect(released.as_of >= soon).toBe(true);
    expect(await system.sql('wallet', 'select * from accounts where id = $1', [id])).toEqual(before);
    expect(await withdraw(id, 130)).toMatchObject({ status: 201 });
    expect(await balance(id)).toMatchObject({ posted: 50, unreleased: 50, available: 0 });
  });

  it('cannot be transferred before, and can be after', async () => {
    const [payer, payee] = await Promise.all([system.account(), system.account()]);
    await deposit(payer.id, 70, { release_at: inMs(3_600_000) });
    expect(await system.transfer(payer.id, payee.id, 1)).toMatchObject({ status: 'FAILED', failure: { code: 'insufficient-funds' } });
    await deposit(payer.id, 50, { release_at: inMs(300) });
    await system.eventually('it is available', async () => (await balance(payer.id)).available === 50);
    expect(await system.transfer(payer.id, payee.id, 50)).toMatchObject({ status: 'COMPLETED' });
  });

  it('is released at once when the instant has passed', async () => {
    const { id } = await system.account();
    expect(await deposit(id, 50, { release_at: '2020-01-01T00:00:00Z' })).toMatchObject({ status: 201 });
    expect(await balance(id)).toMatchObject({ posted: 50, unreleased: 0, available: 50 });
    expect(await system.sql('wallet', 'select 1 from releases where account_id = $1', [id])).toEqual([]);
  });

  it('is refused when the instant is more than five years away', async () => {
    const { id } = await system.account();
    const years = (count: number) => new Date(new Date().setUTCFullYear(new Date().getUTCFullYear() + count)).getTime();
    const tooFar = await deposit(id, 50, { release_at: new Date(years(5) + 60_000).toISOString() });
    expect(problemIn(tooFar)).toMatchObject({ status: 400, code: 'validation-failed', errors: [{ pointer: '/release_at' }] });
    expect(await deposit(id, 50, { release_at: new Date(years(5) - 60_000).toISOString() })).toMatchObject({ status: 201 });
    expect(await balance(id)).toMatchObject({ posted: 50, unreleased: 50, available: 0 });
  });

  it('is one of many: each is released at its own instant, and spending in between forgets none', async () => {
    const { id } = await system.account('USD', 1_000);
    const begin = Date.now();
    const at = (index: number): number => begin + 400 + index * 20;
    await Promise.all(Array.from({ length: 50 }, (_, index) => deposit(id, 10, { release_at: new Date(at(index)).toISOString() })));
    let spent = 0;
    for (let now = await balance(id); now.unreleased > 0; now = await balance(id)) {
      expect((await withdraw(id, 1)).status).toBe(201);
      spent += 1;
      const waiting = Array.from({ length: 50 }, (_, index) => at(index)).filter((each) => each > Date.parse(now.as_of)).length;
      expect(now).toMatchObject({ posted: 1_500 - (spent - 1), unreleased: waiting * 10 });
    }
    expect(await balance(id)).toMatchObject({ posted: 1_500 - spent, available: 1_500 - spent });
  });
});

describe('a withdrawal at the counter', () => {
  it('has left the account when it is answered', async () => {
    const { id, number } = await system.account('USD', 100);
    expect(await withdraw(number, 30, { reference: 'counter 3' })).toMatchObject({
      status: 201,
      body: { id: expect.stringMatching(/^wdl_/), account: id, status: 'COMPLETED', amount: usd(30), reference: 'counter 3' },
    });
    expect(await balance(id)).toMatchObject({ posted: 70, available: 70 });
  });

  it('is refused for more than there is, on a frozen account, in another currency, on none', async () => {
    const { id } = await system.account('USD', 100);
    expect(problemIn(await withdraw(id, 101))).toMatchObject({ status: 422, code: 'insufficient-funds' });
    expect(problemIn(await withdraw('nobody', 1))).toMatchObject({ status: 404, code: 'account-not-found' });
    expect(problemIn(await withdraw('2001', 1))).toMatchObject({ status: 422, code: 'currency-mismatch' });
    await system.wallet.post(`/v1/accounts/${id}/freeze`, { reason: 'test' });
    expect(problemIn(await withdraw(id, 1))).toMatchObject({ status: 422, code: 'account-frozen' });
    expect(await balance(id)).toMatchObject({ posted: 100 });
  });

  it('wins once when 200 want all there is', async () => {
    const { id } = await system.account('USD', 1_000);
    const replies = await Promise.all(Array.from({ length: 200 }, () => withdraw(id, 1_000)));
    expect(replies.filter(({ status }) => status === 201)).toHaveLength(1);
    for (const reply of replies)
      if (reply.status !== 201) expect(problemIn(reply)).toMatchObject({ status: 422, code: 'insufficient-funds' });
    expect(await balance(id)).toMatchObject({ posted: 0, available: 0 });
  });
});

describe('the balance of an instant', () => {
  /** What the entries, holds and releases say, added up row by row. */
  async function folded(id: string, at: string): Promise<Omit<Balance, 'as_of'>> {
    const sum = async (text: string): Promise<number> =>
      Number(
        (await system.sql<{ sum: bigint }>('wallet', `select coalesce(sum(amount), 0)::bigint as sum from ${text}`, [id, at]))[0]?.sum,
      );
    const posted = await sum('entries where account_id = $1 and created_at <= $2');
    const held = await sum(`holds where account_id = $1 and created_at <= $2 and coalesce(ended_at, 'infinity') > $2`);
    const unreleased = await sum('releases where account_id = $1 and created_at <= $2 and release_at > $2');
    return { posted, held, unreleased, available: posted - held - unreleased };
  }

  const happened = async (account: TestAccount, other: TestAccount): Promise<void> => {
    await deposit(account.id, 100);
    await deposit(account.id, 40, { release_at: inMs(150) });
    const hold = await system.wallet.post(`/v1/accounts/${account.id}/holds`, { amount: usd(30) });
    await system.transfer(account.id, other.id, 20);
    await system.wallet.post(`/v1/holds/${hold.body.id}/capture`, { amount: usd(10), to: other.id });
    await withdraw(account.id, 5);
    const another = await system.wallet.post(`/v1/accounts/${account.id}/holds`, { amount: usd(7) });
    await system.eventually('the deposit is released', async () => (await balance(account.id)).unreleased === 0);
    await system.wallet.post(`/v1/holds/${another.body.id}/release`, {});
  };

  it('is the fold of what had happened by then, at every instant at which something did, and around it', async () => {
    const [account, other] = await Promise.all([system.account(), system.account()]);
    await happened(account, other);
    const instants = await system.sql<{ at: Date }>(
      'wallet',
      `select distinct at + shift * interval '1 millisecond' as at from (
         select created_at as at from entries where account_id = $1 union select created_at from holds where account_id = $1
         union select ended_at from holds where account_id = $1 union select release_at from releases where account_id = $1) i,
         unnest(array[-1, 0, 1]) as shift`,
      [account.id],
    );
    expect(instants.length).toBeGreaterThan(15);
    for (const { at } of instants) {
      const instant = at.toISOString();
      expect(await balance(account.number, instant)).toEqual({
        ...{ account: account.id, currency: 'USD', as_of: instant },
        ...(await folded(account.id, instant)),
      });
      expect((await folded(account.id, instant)).available).toBeGreaterThanOrEqual(0);
    }
    const now = await balance(account.id);
    expect(now).toMatchObject({ posted: 105, held: 0, unreleased: 0, available: 105 });
    expect(await balance(account.id, now.as_of)).toEqual(now);
  });

  it('was nothing before there was an account, and is not told of the future', async () => {
    const { id } = await system.account('USD', 5);
    expect(await balance(id, '2020-01-01T00:00:00Z')).toMatchObject({ posted: 0, available: 0, as_of: '2020-01-01T00:00:00.000Z' });
    for (const at of [inMs(60_000), 'yesterday', '2026-02-30T00:00:00Z']) {
      const reply = await system.wallet.get(`/v1/accounts/${id}/balance?at=${at}`);
      expect(problemIn(reply)).toMatchObject({ status: 400, code: 'validation-failed', errors: [{ pointer: 'at' }] });
    }
    expect(problemIn(await system.wallet.get(`/v1/accounts/nobody/balance?at=2020-01-01T00:00:00Z`))).toMatchObject({ status: 404 });
  });

  it('waits for nobody who has the account locked', async () => {
    const { id } = await system.account('USD', 5);
    const { as_of: before } = await balance(id);
    await balance(id, before);
    await system.whileHolding('wallet', `select * from accounts where id = '${id}' for update`, async () => {
      expect(await balance(id)).toMatchObject({ posted: 5 });
      expect(await balance(id, before)).toMatchObject({ posted: 5 });
    });
  });

  /** While a deposit of 7 has its instant, and cannot be written yet. */
  const whileDepositing = <Result>(id: string, work: (deposited: ReturnType<typeof deposit>) => Promise<Result>): Promise<Result> =>
    system.whileHolding('wallet', 'lock table transactions in exclusive mode', async () => {
      const deposited = deposit(id, 7);
      await system.someoneWaits('wallet');
      return work(deposited);
    });

  it.each(['an account', 'the bank’s cash'])('is told when nothing can be added to it any more: of %s', async (whose) => {
    const { id } = await system.account('USD', 5);
    const asked = whose === 'an account' ? id : 'sys_cash_USD';
    const earlier = await balance(asked);
    const { deposited, told, listed, at } = await whileDepositing(id, async (deposited) => {
      const at = inMs(0);
      const told = balance(asked, at);
      const listed = system.wallet.get(`/v1/accounts/${asked}/transactions?limit=1&to=${at}`);
      // Answered behind those that would have been answered by now.
      expect(await balance(id)).toMatchObject({ posted: 5 });
      return { deposited, told, listed, at };
    });
    expect((await deposited).status).toBe(201);
    const [entry] = await system.sql<{ created_at: Date }>(
      'wallet',
      `select created_at from entries where account_id = $1 order by created_at desc limit 1`,
      [asked],
    );
    expect(entry?.created_at.getTime()).toBeLessThan(Date.parse(at));
    expect((await told).posted - earlier.posted).toBe(asked === id ? 7 : -7);
    expect((await listed).body.data).toMatchObject([{ created_at: entry?.created_at.toISOString() }]);
    expect(await balance(asked, at)).toEqual(await told);
  });

  it('is refused for a moment while whoever may have chosen it is stuck, and for no instant before', async () => {
    const { id } = await system.account('USD', 5);
    const { as_of: before } = await balance(id);
    await balance(id, before);
    const { deposited } = await whileDepositing(id, async (deposited) => {
      const refused = await system.wallet.get(`/v1/accounts/${id}/balance?at=${inMs(0)}`);
      expect(problemIn(refused)).toMatchObject({ status: 503, code: 'service-unavailable', retryable: true });
      expect(await balance(id, before)).toMatchObject({ posted: 5 });
      const soFar = await system.wallet.get(`/v1/accounts/${id}/transactions?to=${inMs(3_600_000)}`);
      expect(soFar).toMatchObject({ status: 200, body: { data: [{ amount: 5 }] } });
      return { deposited };
    });
    expect((await deposited).status).toBe(201);
  });

  it('of a system account is exact while 16 clients pay in and out, and no row of it is ever locked', async () => {
    const accounts = await Promise.all(Array.from({ length: 16 }, () => system.account('USD', 100)));
    const before = await balance('sys_cash_USD');
    const work = Promise.all(
      accounts.map(async ({ id }) => {
        for (let round = 0; round < 10; round += 1) await Promise.all([deposit(id, 3), withdraw(id, 2)]);
      }),
    );
    const readings: Balance[] = [];
    const done = work.then(() => true);
    while (!(await Promise.race([done, balance('sys_cash_USD').then((reading) => void readings.push(reading))])));
    const after = await balance('sys_cash_USD');
    expect(after.posted).toBe(before.posted - 16 * 10);
    expect(readings.length).toBeGreaterThan(3);
    for (const { as_of } of [...readings, after]) {
      const then = await balance('sys_cash_USD', as_of);
      const [row] = await system.sql<{ sum: bigint }>(
        'wallet',
        `select sum(amount)::bigint as sum from entries where account_id = 'sys_cash_USD' and created_at <= $1`,
        [as_of],
      );
      expect(then.posted).toBe(Number(row?.sum));
    }
    const customers = await system.sql<{ sum: bigint }>('wallet', `select sum(posted)::bigint as sum from accounts where currency = 'USD'`);
    const ours = await Promise.all(['cash', 'clearing', 'fees', 'suspense', 'equity'].map((kind) => balance(`sys_${kind}_USD`)));
    expect(ours.reduce((sum, { posted }) => sum + posted, 0)).toBe(-Number(customers[0]?.sum));
    expect(problemIn(await system.wallet.get('/v1/accounts/sys_pocket_USD/balance'))).toMatchObject({ status: 404 });
  });
});

describe('an account that is closed', () => {
  it('is one that is empty, for good', async () => {
    const [account, other] = await Promise.all([system.account('USD', 5), system.account('USD', 5)]);
    expect(problemIn(await close(account.id))).toMatchObject({ status: 409, code: 'conflict' });
    await withdraw(account.id, 5);
    const closed = await close(account.number);
    expect(closed).toMatchObject({ status: 200, body: { id: account.id, status: 'CLOSED' } });
    expect((await close(account.id)).body).toEqual(closed.body);
    expect((await system.wallet.get(`/v1/accounts/${account.id}`)).body).toEqual(closed.body);
    for (const refused of [await deposit(account.id, 1), await withdraw(account.id, 1)])
      expect(problemIn(refused)).toMatchObject({ status: 404, code: 'account-not-found', detail: expect.stringContaining('closed') });
    for (const [from, to] of [
      [account.id, other.id],
      [other.id, account.id],
    ] as const)
      expect(await system.transfer(from, to, 1)).toMatchObject({ status: 'FAILED', failure: { code: 'account-not-found' } });
    for (const word of ['freeze', 'unfreeze'])
      expect(problemIn(await system.wallet.post(`/v1/accounts/${account.id}/${word}`, { reason: 'test' }))).toMatchObject({ status: 409 });
    expect(await balance(account.id)).toMatchObject({ posted: 0 });
  });

  it('cannot be one with money that is held, or not yet released, or one that is frozen', async () => {
    const [held, waiting, frozen] = await Promise.all([system.account('USD', 5), system.account(), system.account()]);
    await system.wallet.post(`/v1/accounts/${held.id}/holds`, { amount: usd(5) });
    await deposit(waiting.id, 5, { release_at: inMs(3_600_000) });
    await system.wallet.post(`/v1/accounts/${frozen.id}/freeze`, { reason: 'test' });
    expect(problemIn(await close(held.id))).toMatchObject({ status: 409, code: 'conflict' });
    expect(problemIn(await close(waiting.id))).toMatchObject({ status: 409, code: 'conflict' });
    expect(problemIn(await close(frozen.id))).toMatchObject({ status: 422, code: 'account-frozen' });
    expect(problemIn(await close('nobody'))).toMatchObject({ status: 404, code: 'account-not-found' });
  });

  it('and freezing, thawing: each is kept with its reason, and cannot be changed', async () => {
    const { id } = await system.account();
    const ask = (word: string, reason: string) => system.wallet.post(`/v1/accounts/${id}/${word}`, { reason });
    await ask('freeze', 'card stolen');
    await ask('freeze', 'again');
    await ask('unfreeze', 'card found');
    await close(id);
    expect(
      await system.sql('wallet', 'select account_version, event, reason from account_events where account_id = $1 order by 1', [id]),
    ).toEqual([
      { account_version: 1, event: 'freeze', reason: 'card stolen' },
      { account_version: 2, event: 'unfreeze', reason: 'card found' },
      { account_version: 3, event: 'close', reason: 'moved away' },
    ]);
    for (const statement of [
      `update account_events set reason = ''`,
      'delete from account_events',
      'delete from releases',
      'update releases set amount = 1',
    ])
      await expect(system.sql('wallet', statement)).rejects.toThrow(/permission denied|append-only/);
  });
});

describe('in the end', () => {
  it('the books balance', async () => {
    await system.settled();
    expect(await faultsInBooks(system)).toEqual([]);
  });
});
