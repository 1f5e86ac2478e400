import { faultsInBooks } from '@falconpay/testing/books';
import { problemIn } from '@falconpay/testing/problem-in';
import { startSystem, type RunningSystem } from '@falconpay/testing/running-system';

let system: RunningSystem;
beforeAll(async () => {
  system = await startSystem({ name: 'wallet', services: ['payment', 'wallet'] });
});
afterAll(() => system?.stop());

const usd = (amount: number) => ({ amount, currency: 'USD' });
const open = (body: object) => system.wallet.post('/v1/accounts', { owner: 'Maryam', currency: 'OMR', ...body });

describe('the accounts of the demo', () => {
  it.each([
    ['1001', 'USD', 50_000],
    ['1002', 'USD', 125_075],
    ['9999', 'USD', 0],
    ['2001', 'OMR', 10_000],
    ['2002', 'OMR', 0],
  ])('%s is there with %s %i, from the bank’s equity', async (number, currency, amount) => {
    const { body: account } = await system.wallet.get(`/v1/accounts/${number}`);
    expect(account).toMatchObject({ number, currency, status: 'OPEN' });
    expect(await system.wallet.get(`/v1/accounts/${number}/balance`)).toMatchObject({
      status: 200,
      body: { account: account.id, currency, posted: amount, available: amount, held: 0, unreleased: 0 },
    });
    const legs = `select e.account_id, e.amount from entries e join entries ours using (transaction_id) where ours.account_id = $1 order by e.amount`;
    const expected =
      amount === 0
        ? []
        : [
            { account_id: `sys_equity_${currency}`, amount: BigInt(-amount) },
            { account_id: account.id, amount: BigInt(amount) },
          ];
    expect(await system.sql('wallet', legs, [account.id])).toEqual(expected);
  });

  it('are opened once, however often the wallet starts', async () => {
    const before = await system.sql('wallet', 'select * from accounts order by id');
    await system.stopService('wallet');
    await system.startService('wallet');
    expect(await system.sql('wallet', 'select * from accounts order by id')).toEqual(before);
  });
});

describe('an account', () => {
  it('is opened empty, with a number of ours', async () => {
    const opened = await open({});
    const { id, number } = opened.body;
    expect(opened).toMatchObject({ status: 201, headers: { location: `/v1/accounts/${id}` } });
    expect(opened.body).toEqual({
      id: expect.stringMatching(/^acc_[0-9a-hjkmnp-tv-z]{26}$/),
      number: expect.stringMatching(/^\d{18}$/),
      owner: 'Maryam',
      currency: 'OMR',
      status: 'OPEN',
      created_at: expect.stringMatching(/Z$/),
      updated_at: opened.body.created_at,
    });
    for (const key of [id, number]) {
      expect((await system.wallet.get(`/v1/accounts/${key}`)).body).toEqual(opened.body);
      expect((await system.wallet.get(`/v1/accounts/${key}/balance`)).body).toMatchObject({
        account: id,
        currency: 'OMR',
        posted: 0,
        available: 0,
        held: 0,
        unreleased: 0,
      });
    }
  });

  it('may have a number of its own, and nobody else that one', async () => {
    const number = 'OM-1234-abcd';
    expect(await open({ number })).toMatchObject({ status: 201, body: { number } });
    expect(problemIn(await open({ number }))).toMatchObject({ status: 409, code: 'number-taken' });
  });

  it('is opened once when 20 ask for one number at once', async () => {
    const replies = await Promise.all(Array.from({ length: 20 }, () => open({ number: 'wanted-by-all' })));
    expect(replies.filter(({ status }) => status === 201)).toHaveLength(1);
    for (const reply of replies) if (reply.status !== 201) expect(problemIn(reply)).toMatchObject({ status: 409, code: 'number-taken' });
  });

  it('has what is paid in as soon as that is answered, by its id or its number', async () => {
    const { id, number } = await system.account('OMR');
    for (const [key, amount] of [
      [id, 1_500],
      [number, 250],
    ] as const) {
      const paid = await system.wallet.post(`/v1/accounts/${key}/deposits`, { amount: { amount, currency: 'OMR' }, reference: 'cash' });
      expect(paid).toMatchObject({
        status: 201,
        body: {
          id: expect.stringMatching(/^dep_/),
          account: id,
          status: 'COMPLETED',
          amount: { amount, currency: 'OMR' },
          reference: 'cash',
        },
      });
    }
    expect(await system.balance(id)).toBe(1_750);
  });

  it('takes no money of another currency', async () => {
    const { id } = await system.account('OMR');
    const refused = await system.wallet.post(`/v1/accounts/${id}/deposits`, { amount: usd(1) });
    expect(problemIn(refused)).toMatchObject({ status: 422, code: 'currency-mismatch' });
    expect(await system.balance(id)).toBe(0);
  });

  it('can be frozen and thawed, and twice is as good as once', async () => {
    const { id, number } = await system.account('USD', 5);
    const ask = (key: string, action: string) => system.wallet.post(`/v1/accounts/${key}/${action}`, { reason: 'test' });
    const frozen = await ask(number, 'freeze');
    expect(frozen).toMatchObject({ status: 200, body: { id, status: 'FROZEN' } });
    expect((await ask(id, 'freeze')).body).toEqual(frozen.body);
    expect(problemIn(await system.wallet.post(`/v1/accounts/${id}/deposits`, { amount: usd(1) }))).toMatchObject({
      status: 422,
      code: 'account-frozen',
    });
    const thawed = await ask(id, 'unfreeze');
    expect(thawed).toMatchObject({ status: 200, body: { id, status: 'OPEN' } });
    expect((await ask(id, 'unfreeze')).body).toEqual(thawed.body);
    expect(await system.balance(id)).toBe(5);
  });

  it('holds no more than JSON can carry exactly: more is refused, and its balance can always be told', async () => {
    const [full, payer] = await Promise.all([system.account('USD', Number.MAX_SAFE_INTEGER), system.account('USD', 1)]);
    const refused = await system.wallet.post(`/v1/accounts/${full.id}/deposits`, { amount: usd(1) });
    expect(problemIn(refused)).toMatchObject({ status: 422, code: 'limit-exceeded' });
    expect(await system.transfer(payer.id, full.id, 1)).toMatchObject({ status: 'FAILED', failure: { code: 'limit-exceeded' } });
    expect(await Promise.all([system.balance(full.id), system.balance(payer.id)])).toEqual([Number.MAX_SAFE_INTEGER, 1]);
    // What the bank owes for all of them together is more: as a text it is exact, too.
    const [sum] = await system.sql<{ sum: string }>(
      'wallet',
      `select sum(amount)::text as sum from entries where account_id = 'sys_cash_USD'`,
    );
    const ours = await system.wallet.get('/v1/accounts/sys_cash_USD/balance');
    expect(ours).toMatchObject({ status: 200, body: { posted: sum?.sum, available: sum?.sum, held: 0 } });
  });
});

describe('the ledger', () => {
  it.each([
    ['update entries set amount = amount + 1', /permission denied|append-only/],
    ['delete from entries', /permission denied|append-only/],
    ['truncate entries', /permission denied|append-only/],
    ['update transactions set status = status', /permission denied|append-only/],
    ['delete from transactions', /permission denied|append-only/],
    ['truncate transactions', /permission denied|append-only/],
  ])('refuses the service’s own login: %s', async (statement, message) => {
    const before = await system.sql('wallet', 'select * from entries order by id');
    await expect(system.sql('wallet', statement)).rejects.toThrow(message);
    expect(await system.sql('wallet', 'select * from entries order by id')).toEqual(before);
  });

  it.each(['entries', 'transactions'])('refuses by a trigger whoever has the right to change %s', async (table) => {
    // The owner can give itself the right back; the trigger stays.
    await system.sql('wallet', `grant update, delete, truncate on ${table} to current_user`);
    for (const statement of [`update ${table} set type = type`, `delete from ${table}`, `truncate ${table}`]) {
      await expect(system.sql('wallet', statement)).rejects.toThrow(`${table} is append-only`);
    }
    await system.sql('wallet', `revoke update, delete, truncate on ${table} from current_user`);
  });

  const insert = `insert into entries (account_id, transaction_id, type, amount, currency, balance_after, account_version, created_at)
    select account, 'dep_test', 'deposit', amount, currency, 0, 1, now() from unnest($1::text[], $2::bigint[], $3::text[]) as new(account, amount, currency)`;
  it.each([
    ['one leg', ['sys_cash_USD'], [5], ['USD']],
    ['two legs that do not sum to zero', ['sys_cash_USD', 'acc_x'], [-5, 4], ['USD', 'USD']],
    ['two currencies', ['sys_cash_USD', 'acc_x'], [-5, 5], ['USD', 'OMR']],
  ])('refuses %s', async (_, accounts, amounts, currencies) => {
    await expect(system.sql('wallet', insert, [accounts, amounts, currencies])).rejects.toThrow(
      'the entries of dep_test do not sum to zero',
    );
  });

  it('refuses an entry of nothing, and a customer’s entry without a balance', async () => {
    await expect(system.sql('wallet', insert, [['sys_cash_USD'], [0], ['USD']])).rejects.toThrow(/violates check constraint/);
    const withoutBalance = insert.replace(', 0, 1, now()', ', null, null, now()');
    await expect(
      system.sql('wallet', withoutBalance, [
        ['sys_cash_USD', 'acc_x'],
        [-5, 5],
        ['USD', 'USD'],
      ]),
    ).rejects.toThrow(/violates check constraint/);
  });

  it('lets no account go below zero, whoever writes', async () => {
    const { id } = await system.account('USD', 5);
    await expect(system.sql('wallet', 'update accounts set posted = -1 where id = $1', [id])).rejects.toThrow(/violates check constraint/);
    await expect(system.sql('wallet', 'update accounts set held = 6 where id = $1', [id])).rejects.toThrow(/violates check constraint/);
  });

  it('lets no transfer be changed after its end', async () => {
    const [payer, payee] = await Promise.all([system.account('USD', 5), system.account()]);
    const { id } = await system.transfer(payer.id, payee.id, 5);
    for (const change of [`status = 'PENDING'`, `status = 'FAILED', failure_code = 'expired'`, 'amount = 6', `to_account = 'other'`]) {
      await expect(system.sql('payment', `update transfers set ${change} where id = $1`, [id])).rejects.toThrow(/cannot go from COMPLETED/);
    }
  });
});

describe('many at once', () => {
  it('one of 200 transfers of the whole balance wins', async () => {
    const payer = await system.account('USD', 1_000);
    const payees = await Promise.all(Array.from({ length: 20 }, () => system.account()));
    const accepted = await Promise.all(
      Array.from({ length: 200 }, (_, index) =>
        system.payment.post('/v1/transfers', { from: payer.id, to: payees[index % 20]?.id, amount: usd(1_000) }),
      ),
    );
    expect(accepted.filter(({ status }) => status !== 202)).toEqual([]);
    await system.settled();
    const ends = await system.sql(
      'payment',
      `select status, failure_code, count(*)::int from transfers where id = any($1) group by 1, 2 order by 1`,
      [accepted.map(({ body }) => body.id)],
    );
    expect(ends).toEqual([
      { status: 'COMPLETED', failure_code: null, count: 1 },
      { status: 'FAILED', failure_code: 'insufficient-funds', count: 199 },
    ]);
    const balances = await Promise.all(payees.map(({ id }) => system.balance(id)));
    expect([await system.balance(payer.id), ...balances.filter((balance) => balance !== 0)]).toEqual([0, 1_000]);
  });

  it('transfers from A to B and from B to A, and deposits to both, wait for each other in no circle', async () => {
    const [a, b] = await Promise.all([system.account('USD', 10_000), system.account('USD', 10_000)]);
    const back = (index: number) => (index % 2 === 0 ? [a, b] : [b, a]);
    const deposits = Promise.all(
      Array.from({ length: 100 }, (_, index) => system.wallet.post(`/v1/accounts/${back(index)[0]?.id}/deposits`, { amount: usd(1) })),
    );
    const transfers = Promise.all(
      Array.from({ length: 200 }, (_, index) => {
        const [from, to] = back(index);
        return system.payment.post('/v1/transfers', { from: from?.id, to: to?.number, amount: usd(7) });
      }),
    );
    expect((await deposits).filter(({ status }) => status !== 201)).toEqual([]);
    expect((await transfers).filter(({ status }) => status !== 202)).toEqual([]);
    await system.settled();
    expect(await Promise.all([system.balance(a.id), system.balance(b.id)])).toEqual([10_050, 10_050]);
    const [deadlocks] = await system.sql<{ deadlocks: bigint }>(
      'wallet',
      'select deadlocks from pg_stat_database where datname = current_database()',
    );
    expect(deadlocks?.deadlocks).toBe(0n);
  });
});

describe('in the end', () => {
  it('the books balance', async () => {
    await system.settled();
    expect(await faultsInBooks(system)).toEqual([]);
  });
});
