import { Ajv } from 'ajv';
import { spendingRefused, type SpendingRefused } from '@falconpay/contracts/topics/spending-refused.topic';
import { faultsInBooks } from '@falconpay/testing/books';
import { pointersIn, problemIn } from '@falconpay/testing/problem-in';
import { startSystem, type RunningSystem } from '@falconpay/testing/running-system';

/** Where it is noon now: no day begins while these tests run. */
const zone = `Etc/GMT${new Date().getUTCHours() < 12 ? '-' : '+'}${Math.abs(12 - new Date().getUTCHours())}`;

let system: RunningSystem;
beforeAll(async () => {
  system = await startSystem({ name: 'limits', services: ['payment', 'wallet'], env: { WALLET_BUSINESS_ZONE: zone } });
});
afterEach(async () => {
  await put('/v1/clients/local/limits', {});
});
afterAll(() => system?.stop());

const usd = (amount: number) => ({ amount, currency: 'USD' });
const put = (path: string, body: unknown) => system.wallet.send('PUT', path, JSON.stringify(body), { 'content-type': 'application/json' });
const limit = async (account: string, limits: object) => {
  const set = await put(`/v1/accounts/${account}/limits`, limits);
  if (set.status !== 200) throw new Error(set.text);
};
const limitsOf = async (account: string) => (await system.wallet.get(`/v1/accounts/${account}/limits`)).body;
const withdraw = (account: string, amount: number) => system.wallet.post(`/v1/accounts/${account}/withdrawals`, { amount: usd(amount) });
const hold = (account: string, amount: number) => system.wallet.post(`/v1/accounts/${account}/holds`, { amount: usd(amount) });
const times = <Result>(count: number, work: (index: number) => Promise<Result>) =>
  Promise.all(Array.from({ length: count }, (_, index) => work(index)));

/** Asks for all of them at once, and tells how each of them ended. */
async function transfers(from: string, to: string, amounts: readonly number[]): Promise<{ completed: number; codes: string[] }> {
  const accepted = await Promise.all(amounts.map((amount) => system.payment.post('/v1/transfers', { from, to, amount: usd(amount) })));
  await system.settled();
  const ends = await Promise.all(accepted.map(({ body }) => system.ended(body.id)));
  return {
    completed: ends.filter(({ status }) => status === 'COMPLETED').length,
    codes: [...new Set(ends.flatMap(({ failure }) => failure?.code ?? []))],
  };
}

describe('limits of an account', () => {
  it('are none until they are set, then as set, and none again', async () => {
    const { id, number } = await system.account();
    expect(await limitsOf(number)).toEqual({ account: id });
    const limits = {
      ...{ per_transaction: usd(500), per_day: usd(1_000), velocity: { count: 3, window_seconds: 60 }, currencies: ['USD'] },
    };
    const set = await put(`/v1/accounts/${number}/limits`, limits);
    expect(set).toMatchObject({ status: 200, body: { account: id, ...limits, business_zone: zone, spent_today: usd(0) } });
    expect(await limitsOf(id)).toEqual(set.body);
    expect((await put(`/v1/accounts/${id}/limits`, {})).body).toEqual({ account: id });
    expect(await limitsOf(id)).toEqual({ account: id });
    expect(await system.sql('wallet', 'select event from account_events where account_id = $1', [id])).toHaveLength(2);
  });

  it.each([
    [{ per_transaction: { amount: 0, currency: 'USD' } }, ['/per_transaction/amount']],
    [{ per_day: [usd(1)] }, ['/per_day']],
    [{ velocity: { count: 0, window_seconds: 60 } }, ['/velocity/count']],
    [{ velocity: { count: 1_001, window_seconds: 2_678_401 } }, ['/velocity/count', '/velocity/window_seconds']],
    [{ currencies: [] }, ['/currencies']],
    [{ currencies: ['USD', 'USD'] }, ['/currencies']],
    [{ currencies: ['XXX'] }, ['/currencies']],
    [{ per_week: usd(1) }, ['/per_week']],
    [{ new_account: { younger_than_seconds: 60, per_transaction: [usd(1)] } }, ['/new_account']],
  ])('are refused when they are not valid: %j', async (body, pointers) => {
    const { id } = await system.account();
    expect(pointersIn(await put(`/v1/accounts/${id}/limits`, body))).toEqual(pointers);
    expect(await limitsOf(id)).toEqual({ account: id });
  });

  it('are refused in another currency, and for nobody', async () => {
    const { id } = await system.account('OMR');
    expect(problemIn(await put(`/v1/accounts/${id}/limits`, { per_day: usd(1) }))).toMatchObject({
      status: 422,
      code: 'currency-mismatch',
    });
    expect(problemIn(await put('/v1/accounts/nobody/limits', {}))).toMatchObject({ status: 404, code: 'account-not-found' });
    expect(problemIn(await system.wallet.get('/v1/accounts/nobody/limits'))).toMatchObject({ status: 404, code: 'account-not-found' });
  });

  it('hold for transfers, withdrawals and holds together, and not for what comes in', async () => {
    const [payer, payee] = await times(2, () => system.account('USD', 10_000));
    if (!payer || !payee) throw new Error('two accounts were opened');
    await limit(payer.id, { per_day: usd(300) });
    expect(await transfers(payer.number, payee.id, [100])).toEqual({ completed: 1, codes: [] });
    expect((await withdraw(payer.id, 100)).status).toBe(201);
    const held = await hold(payer.id, 100);
    expect(held.status).toBe(201);
    expect(await limitsOf(payer.id)).toMatchObject({ spent_today: usd(300) });
    expect(problemIn(await withdraw(payer.id, 1))).toMatchObject({ status: 422, code: 'limit-exceeded' });
    expect(problemIn(await hold(payer.id, 1))).toMatchObject({ status: 422, code: 'limit-exceeded' });
    expect(await transfers(payer.id, payee.id, [1])).toEqual({ completed: 0, codes: ['limit-exceeded'] });
    expect(await transfers(payee.id, payer.id, [5_000])).toEqual({ completed: 1, codes: [] });
    // Of a captured hold the rest comes back, and what was captured does not count a second time.
    expect((await system.wallet.post(`/v1/holds/${held.body.id}/capture`, { amount: usd(60) })).status).toBe(200);
    expect(await limitsOf(payer.id)).toMatchObject({ spent_today: usd(260) });
    const again = await hold(payer.id, 40);
    expect((await system.wallet.post(`/v1/holds/${again.body.id}/release`, {})).status).toBe(200);
    expect(await limitsOf(payer.id)).toMatchObject({ spent_today: usd(260) });
  });

  it('refuse by a rule what is not in its currencies, with its code in the event', async () => {
    const [payer, payee] = await times(2, () => system.account('USD', 100));
    await limit(payer?.id ?? '', { currencies: ['OMR'] });
    expect(await transfers(payer?.id ?? '', payee?.id ?? '', [1])).toEqual({ completed: 0, codes: ['rule-refused'] });
    expect(problemIn(await withdraw(payer?.id ?? '', 1))).toMatchObject({ status: 422, code: 'rule-refused' });
  });
});

describe('a day', () => {
  it('is one of the zone that the limits were set with', async () => {
    const [there, here] = await times(2, () => system.account('USD', 1_000));
    for (const account of [there, here]) {
      await limit(account?.id ?? '', { per_day: usd(100) });
      expect((await withdraw(account?.id ?? '', 100)).status).toBe(201);
    }
    // These two are 25 hours apart: what was yesterday in the one is never over in the other, and never today.
    const yesterday = `to_char(now() at time zone 'Pacific/Kiritimati' - interval '1 day', 'YYYY-MM-DD')`;
    for (const [account, zoneOfLimits] of [
      [there, 'Pacific/Kiritimati'],
      [here, 'Pacific/Pago_Pago'],
    ] as const)
      await system.sql(
        'wallet',
        `update accounts set limits = jsonb_set(limits, '{zone}', to_jsonb($2::text)), usage = jsonb_set(usage, '{day}', to_jsonb(${yesterday}))
          where id = $1`,
        [account?.id, zoneOfLimits],
      );
    expect(await limitsOf(here?.id ?? '')).toMatchObject({ business_zone: 'Pacific/Pago_Pago', spent_today: usd(100) });
    expect(problemIn(await withdraw(here?.id ?? '', 1))).toMatchObject({ status: 422, code: 'limit-exceeded' });
    expect(await limitsOf(there?.id ?? '')).toMatchObject({ business_zone: 'Pacific/Kiritimati', spent_today: usd(0) });
    expect((await withdraw(there?.id ?? '', 100)).status).toBe(201);
    expect(problemIn(await withdraw(there?.id ?? '', 1))).toMatchObject({ status: 422, code: 'limit-exceeded' });
  });
});

describe('what is refused at once', () => {
  it('is an event as well, with its code, and once however often it is asked', async () => {
    const { id, number } = await system.account('USD', 100);
    await limit(id, { per_transaction: usd(50) });
    for (const path of ['withdrawals', 'holds'])
      for (const replayed of [undefined, 'true']) {
        const reply = await system.wallet.post(`/v1/accounts/${number}/${path}`, { amount: usd(51) }, { key: `${id}-${path}` });
        expect(reply).toMatchObject({ status: 422, body: { code: 'limit-exceeded' } });
        expect(reply.headers['idempotent-replayed']).toBe(replayed);
      }
    const kept = await system.sql<{ kind: string }>(
      'wallet',
      `select convert_from(payload, 'UTF8')::jsonb ->> 'kind' as kind from outbox where aggregatetype = $1 and aggregateid = $2 order by id`,
      [spendingRefused.name, id],
    );
    expect(kept.map((row) => row.kind)).toEqual(['withdrawal', 'hold']);
    const published = await system.eventually(
      'both are published',
      async () => {
        const records = await system.consumeAll(spendingRefused.name);
        const ofAccount = records.filter(({ key }) => key === id).map(({ value }) => JSON.parse(value) as SpendingRefused);
        return ofAccount.length >= 2 ? ofAccount : undefined;
      },
      { everyMs: 500 },
    );
    const detail = `account ${number} may spend at most 0.50 USD at once`;
    const refused = { account_id: id, client: 'local', amount: usd(51), code: 'limit-exceeded', detail };
    expect(published).toEqual([
      { ...refused, kind: 'withdrawal' },
      { ...refused, kind: 'hold' },
    ]);
    const ajv = new Ajv();
    for (const data of published) expect(ajv.validate(spendingRefused.schema, data) || ajv.errors).toBe(true);
  });
});

describe('a hundred at once', () => {
  it('spend a day’s limit to the last unit, and not one more', async () => {
    const [payer, payee] = await times(2, () => system.account('USD', 100_000));
    await limit(payer?.id ?? '', { per_day: usd(1_000) });
    // 34 of 30 are 1,020: 33 fit, and 10 are left.
    expect(
      await transfers(
        payer?.id ?? '',
        payee?.id ?? '',
        Array.from({ length: 100 }, () => 30),
      ),
    ).toEqual({
      completed: 33,
      codes: ['limit-exceeded'],
    });
    expect(await limitsOf(payer?.id ?? '')).toMatchObject({ spent_today: usd(990) });
    expect(await transfers(payer?.id ?? '', payee?.id ?? '', [11, 10, 1])).toMatchObject({ codes: ['limit-exceeded'] });
    expect((await limitsOf(payer?.id ?? '')).spent_today.amount).toBeLessThanOrEqual(1_000);
  });

  it('are as many as a velocity lets pass: transfers, withdrawals and holds together', async () => {
    const [payer, payee] = await times(2, () => system.account('USD', 100_000));
    const [from, to] = [payer?.id ?? '', payee?.id ?? ''];
    await limit(from, { velocity: { count: 17, window_seconds: 3_600 } });
    const [moved, replies] = await Promise.all([
      transfers(
        from,
        to,
        Array.from({ length: 40 }, () => 1),
      ),
      times(60, (index) => (index % 2 === 0 ? withdraw(from, 1) : hold(from, 1))),
    ]);
    const passed = replies.filter(({ status }) => status === 201).length;
    expect(moved.completed + passed).toBe(17);
    expect(new Set(replies.map(({ status }) => status))).toEqual(new Set(passed > 0 ? [201, 422] : [422]));
    for (const reply of replies.filter(({ status }) => status === 422)) expect(problemIn(reply).code).toBe('limit-exceeded');
  });

  it.each([
    ['a day’s limit', { per_day: usd(300) }],
    ['a velocity', { velocity: { count: 30, window_seconds: 3_600 } }],
  ])('give back as much as %s of the refunder lets pass; what fails is free again', async (_, limits) => {
    const [customer, shop] = await times(2, () => system.account('USD', 1_000));
    const { id } = await system.transfer(customer?.id ?? '', shop?.id ?? '', 1_000);
    await limit(shop?.id ?? '', limits);
    const accepted = await times(100, () => system.payment.post(`/v1/transfers/${id}/refunds`, { amount: usd(10) }));
    expect(new Set(accepted.map(({ status }) => status))).toEqual(new Set([202]));
    await system.settled();
    const ends = await Promise.all(accepted.map(({ body }) => system.ended(body.id)));
    expect(ends.filter(({ status }) => status === 'COMPLETED')).toHaveLength(30);
    expect(new Set(ends.flatMap(({ failure }) => failure?.code ?? []))).toEqual(new Set(['limit-exceeded']));
    expect((await system.payment.get(`/v1/transfers/${id}`)).body).toMatchObject({ refunded_amount: usd(300) });
    expect(await system.balance(customer?.id ?? '')).toBe(300);
  });

  it('of one client, from a hundred accounts, spend what the client may', async () => {
    const accounts = await times(101, () => system.account('USD', 100));
    const set = await put('/v1/clients/local/limits', { per_day: [usd(700)], velocity: { count: 1_000, window_seconds: 60 } });
    expect(set).toMatchObject({ status: 200, body: { client: 'local', per_day: [usd(700)], spent_today: [usd(0)] } });
    // Half of them are decided for events, half for requests: by transactions that run side by side.
    const [accepted, paid] = await Promise.all([
      times(50, (index) => system.payment.post('/v1/transfers', { from: accounts[index]?.id, to: accounts[100]?.id, amount: usd(20) })),
      times(50, (index) => withdraw(accounts[50 + index]?.id ?? '', 20)),
    ]);
    await system.settled();
    const ends = await Promise.all(accepted.map(({ body }) => system.ended(body.id)));
    const completed = ends.filter(({ status }) => status === 'COMPLETED').length;
    expect(completed + paid.filter(({ status }) => status === 201).length).toBe(35);
    for (const { failure } of ends)
      if (failure) expect(failure).toMatchObject({ code: 'limit-exceeded', detail: expect.stringMatching(/^client local/) });
    for (const reply of paid) if (reply.status !== 201) expect(problemIn(reply)).toMatchObject({ status: 422, code: 'limit-exceeded' });
    expect((await system.wallet.get('/v1/clients/local/limits')).body).toMatchObject({ spent_today: [usd(700)] });
    expect(await system.balance(accounts[100]?.id ?? '')).toBe(100 + 20 * completed);
  });

  it('in an atomic bulk pass together or not at all', async () => {
    const [payer, payee] = await times(2, () => system.account('USD', 1_000));
    await limit(payer?.id ?? '', { per_day: usd(100) });
    const bulk = async (count: number) => {
      const order = { from: payer?.id, to: payee?.id, amount: usd(10) };
      const accepted = await system.payment.post('/v1/transfers/bulk', {
        atomic: true,
        transfers: Array.from({ length: count }, () => order),
      });
      const members = (accepted.body as { transfers: { id: string }[] }).transfers;
      const ends = await Promise.all(members.map(({ id }) => system.ended(id)));
      return new Set(ends.map(({ status, failure }) => failure?.code ?? status));
    };
    expect(await bulk(11)).toEqual(new Set(['limit-exceeded']));
    expect(await bulk(10)).toEqual(new Set(['COMPLETED']));
    expect(await bulk(1)).toEqual(new Set(['limit-exceeded']));
  });

  it('leave the clients as they were without limits', async () => {
    const nobody = await system.wallet.get('/v1/clients/nobody/limits');
    expect(nobody).toMatchObject({ status: 200, body: { client: 'nobody' } });
    expect(await system.sql('wallet', `select 1 from client_limits where id = 'nobody'`)).toEqual([]);
    expect(pointersIn(await put('/v1/clients/local/limits', { per_day: [usd(1), usd(2)] }))).toEqual(['/per_day']);
    expect(pointersIn(await put('/v1/clients/local/limits', { per_day: [usd(0)] }))).toEqual(['/per_day/0/amount']);
    expect((await put('/v1/clients/no body/limits'.replace(' ', '%20'), {})).status).toBe(404);
  });
});

describe('limits of a client on new accounts', () => {
  it('hold for those that were opened lately, and for no others', async () => {
    const [young, old] = await times(2, () => system.account('USD', 1_000));
    await system.sql('wallet', `update accounts set created_at = created_at - interval '1 day' where id = $1`, [old?.id]);
    const limits = { new_account: { younger_than_seconds: 86_400, per_transaction: [usd(100)] } };
    expect(await put('/v1/clients/local/limits', limits)).toMatchObject({ status: 200, body: limits });
    expect((await system.wallet.get('/v1/clients/local/limits')).body).toMatchObject(limits);
    const [from, to] = [young?.id ?? '', old?.id ?? ''];
    const replies = await Promise.all([withdraw(from, 101), hold(from, 101), withdraw(from, 100), hold(from, 100), withdraw(to, 101)]);
    expect(replies.map(({ status }) => status)).toEqual([422, 422, 201, 201, 201]);
    expect(await transfers(from, to, [101])).toEqual({ completed: 0, codes: ['limit-exceeded'] });
    expect(await transfers(from, to, [100])).toEqual({ completed: 1, codes: [] });
    expect(await transfers(to, from, [101])).toEqual({ completed: 1, codes: [] });
  });

  it('are refused when they are not valid', async () => {
    const young = (change: object) =>
      put('/v1/clients/local/limits', { new_account: { younger_than_seconds: 60, per_transaction: [usd(1)], ...change } });
    expect(pointersIn(await young({ younger_than_seconds: 31_622_401 }))).toEqual(['/new_account/younger_than_seconds']);
    expect(pointersIn(await young({ per_transaction: undefined }))).toEqual(['/new_account/per_transaction']);
    expect(pointersIn(await young({ per_transaction: [usd(0)] }))).toEqual(['/new_account/per_transaction/0/amount']);
  });
});

describe('in the end', () => {
  it('the books balance', async () => {
    await system.settled();
    expect(await faultsInBooks(system)).toEqual([]);
  });
});
