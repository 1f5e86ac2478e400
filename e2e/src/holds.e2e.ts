import { faultsInBooks } from '@falconpay/testing/books';
import { problemIn } from '@falconpay/testing/problem-in';
import { startSystem, type RunningSystem, type TestAccount } from '@falconpay/testing/running-system';
import type { HttpReply } from '@falconpay/testing/service-client';

let system: RunningSystem;
beforeAll(async () => {
  system = await startSystem({ name: 'holds', services: ['payment', 'wallet'], env: { WALLET_HOLD_EXPIRY_EVERY_MS: '20' } });
});
afterAll(() => system?.stop());

const usd = (amount: number) => ({ amount, currency: 'USD' });
const soon = (ms: number): string => new Date(Date.now() + ms).toISOString();

const place = (account: string, amount: number, more: object = {}): Promise<HttpReply> =>
  system.wallet.post(`/v1/accounts/${account}/holds`, { amount: usd(amount), ...more });
const capture = (id: string, body: object = {}): Promise<HttpReply> => system.wallet.post(`/v1/holds/${id}/capture`, body);
const release = (id: string): Promise<HttpReply> => system.wallet.post(`/v1/holds/${id}/release`, {});

async function placed(account: TestAccount, amount: number, more: object = {}): Promise<string> {
  const reply = await place(account.id, amount, more);
  expect(reply.status).toBe(201);
  return (reply.body as { id: string }).id;
}

/** Its time is over `ms` from now, however long it took to place it. */
const bringForward = (id: string, ms: number): Promise<object[]> =>
  system.sql('wallet', `update holds set expires_at = now() + make_interval(secs => $2), version = version + 1 where id = $1`, [
    id,
    ms / 1_000,
  ]);

const statusOf = async (id: string): Promise<string> => ((await system.wallet.get(`/v1/holds/${id}`)).body as { status: string }).status;
const balanceOf = async ({ id }: TestAccount) => (await system.wallet.get(`/v1/accounts/${id}/balance`)).body as object;

describe('a hold', () => {
  it('sets money apart, which nobody else can spend', async () => {
    const [account, other] = await Promise.all([system.account('USD', 100), system.account()]);
    const reply = await place(account.number, 60, { reference: 'table 4', expires_at: soon(3_600_000) });
    const { id } = reply.body as { id: string };
    expect(reply).toMatchObject({
      status: 201,
      headers: { location: `/v1/holds/${id}` },
      body: { id: expect.stringMatching(/^hold_/), account: account.id, status: 'ACTIVE', amount: usd(60), reference: 'table 4' },
    });
    expect((await system.wallet.get(`/v1/holds/${id}`)).body).toEqual(reply.body);
    expect(await balanceOf(account)).toMatchObject({ posted: 100, held: 60, available: 40 });
    expect(problemIn(await place(account.id, 41))).toMatchObject({ status: 422, code: 'insufficient-funds' });
    expect(await system.transfer(account.id, other.id, 41)).toMatchObject({ status: 'FAILED', failure: { code: 'insufficient-funds' } });
    expect(await system.transfer(account.id, other.id, 40)).toMatchObject({ status: 'COMPLETED' });
  });

  it('that is captured in part pays that part, and gives back the rest at the same moment', async () => {
    const [payer, shop] = await Promise.all([system.account('USD', 100), system.account()]);
    const id = await placed(payer, 60);
    const captured = await capture(id, { amount: usd(45), to: shop.number });
    expect(captured).toMatchObject({ status: 200, body: { id, status: 'CAPTURED', amount: usd(60), captured: usd(45), to: shop.id } });
    expect(await balanceOf(payer)).toMatchObject({ posted: 55, held: 0, available: 55 });
    expect(await balanceOf(shop)).toMatchObject({ posted: 45, available: 45 });
    expect((await capture(id, { amount: usd(45), to: shop.id })).body).toEqual(captured.body);
    for (const late of [await capture(id, { amount: usd(44), to: shop.id }), await release(id)])
      expect(problemIn(late)).toMatchObject({ status: 409, code: 'conflict' });
    expect(await balanceOf(payer)).toMatchObject({ posted: 55 });
  });

  it('that is captured without a receiver goes to the clearing', async () => {
    const account = await system.account('USD', 100);
    const clearing = async () => (await system.wallet.get('/v1/accounts/sys_clearing_USD/balance')).body.posted as number;
    const before = await clearing();
    expect(await capture(await placed(account, 60))).toMatchObject({ body: { captured: usd(60), to: 'sys_clearing_USD' } });
    expect((await clearing()) - before).toBe(60);
  });

  it('that is released gives everything back, and twice is as good as once', async () => {
    const account = await system.account('USD', 100);
    const id = await placed(account, 60);
    const released = await release(id);
    expect(released).toMatchObject({ status: 200, body: { id, status: 'RELEASED' } });
    expect((await release(id)).body).toEqual(released.body);
    expect(problemIn(await capture(id))).toMatchObject({ status: 409, code: 'conflict' });
    expect(await balanceOf(account)).toMatchObject({ posted: 100, held: 0, available: 100 });
  });

  it('expires without anybody touching it', async () => {
    const account = await system.account('USD', 100);
    const id = await placed(account, 60, { expires_at: soon(2_000) });
    await system.eventually('it has expired', async () => (await statusOf(id)) === 'EXPIRED');
    expect(await balanceOf(account)).toMatchObject({ posted: 100, held: 0, available: 100 });
    expect((await system.wallet.get('/metrics')).text).toMatch(/^falconpay_holds_expired_total [1-9]/m);
    for (const late of [await capture(id), await release(id)]) expect(problemIn(late)).toMatchObject({ status: 409, code: 'conflict' });
  });

  it('without an end does not expire', async () => {
    const account = await system.account('USD', 100);
    const [endless, other] = [await placed(account, 30), await placed(account, 30)];
    expect((await system.wallet.get('/metrics')).text).toMatch(/^falconpay_holds_active\{currency="USD"\} [1-9]/m);
    await bringForward(other, 0);
    await system.eventually('the other one has expired', async () => (await statusOf(other)) === 'EXPIRED');
    expect(await statusOf(endless)).toBe('ACTIVE');
    expect(await balanceOf(account)).toMatchObject({ held: 30 });
    await release(endless);
  });

  it('is kept when the account is frozen after it was placed, and no other is placed then', async () => {
    const account = await system.account('USD', 100);
    const id = await placed(account, 60);
    await system.wallet.post(`/v1/accounts/${account.id}/freeze`, { reason: 'test' });
    expect(problemIn(await place(account.id, 1))).toMatchObject({ status: 422, code: 'account-frozen' });
    expect(await capture(id)).toMatchObject({ status: 200, body: { status: 'CAPTURED' } });
    expect(await balanceOf(account)).toMatchObject({ posted: 40, held: 0 });
  });

  it('is refused for what cannot be: more than it, another currency, an account of its own, one that is not there', async () => {
    const account = await system.account('USD', 100);
    const id = await placed(account, 60);
    const refused: [object, number, string][] = [
      [{ amount: usd(61) }, 422, 'unprocessable-request'],
      [{ amount: { amount: 1, currency: 'OMR' } }, 422, 'currency-mismatch'],
      [{ to: account.number }, 422, 'same-account'],
      [{ to: 'nobody' }, 404, 'account-not-found'],
      [{ to: 'sys_equity_USD' }, 404, 'account-not-found'],
      [{ to: '2001' }, 422, 'currency-mismatch'],
    ];
    for (const [body, status, code] of refused) expect(problemIn(await capture(id, body))).toMatchObject({ status, code });
    expect(problemIn(await capture('hold_01j9zq3v8k4m5n6p7q8r9s0t1v'))).toMatchObject({ status: 404, code: 'hold-not-found' });
    expect(problemIn(await place(account.id, 1, { expires_at: '2020-01-01T00:00:00Z' }))).toMatchObject({ status: 422, code: 'expired' });
    expect(await statusOf(id)).toBe('ACTIVE');
    await release(id);
  });

  it('cannot be changed after its end, whoever writes', async () => {
    const account = await system.account('USD', 100);
    const id = await placed(account, 60);
    await expect(system.sql('wallet', 'update holds set amount = 1 where id = $1', [id])).rejects.toThrow(/cannot change/);
    await release(id);
    for (const change of [`status = 'CAPTURED', captured = 60`, `status = 'ACTIVE', ended_at = null`, 'expires_at = null'])
      await expect(system.sql('wallet', `update holds set ${change} where id = $1`, [id])).rejects.toThrow(/is RELEASED/);
  });
});

describe('many words at once', () => {
  it('end a hold once, whichever comes first; captured and given back are its amount', async () => {
    const seen = new Map<string, number>();
    for (let round = 0; round < 12; round += 1) {
      const [account, shop] = await Promise.all([system.account('USD', 100), system.account()]);
      const id = await placed(account, 60);
      // At once, soon or not at all: now its time is over first, now a word comes first, and now nobody knows.
      const lifetimeMs = [0, 60, 3_600_000][round % 3] ?? 0;
      await bringForward(id, lifetimeMs);
      if (lifetimeMs === 0) await system.eventually('its time is over', async () => (await statusOf(id)) === 'EXPIRED');
      const later = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
      const replies = await Promise.all([
        ...[10, 20, 30].map((amount, index) =>
          later((round % 4) * 25 + index).then(() => capture(id, { amount: usd(amount), to: shop.id })),
        ),
        ...[0, 1].map((index) => later((round % 5) * 20 + index).then(() => release(id))),
      ]);
      await system.eventually('it has ended', async () => (await statusOf(id)) !== 'ACTIVE');
      const status = await statusOf(id);
      const captured = status === 'CAPTURED' ? ((await system.wallet.get(`/v1/holds/${id}`)).body.captured.amount as number) : 0;
      expect(await balanceOf(account)).toMatchObject({ posted: 100 - captured, held: 0, available: 100 - captured });
      expect(await balanceOf(shop)).toMatchObject({ posted: captured });
      expect(replies.slice(0, 3).filter((reply) => reply.status === 200)).toHaveLength(status === 'CAPTURED' ? 1 : 0);
      expect(replies.map((reply) => reply.status).filter((code) => code !== 200 && code !== 409)).toEqual([]);
      seen.set(status, (seen.get(status) ?? 0) + 1);
    }
    // The race was one: not always the same word was first.
    expect(seen.size).toBeGreaterThan(1);
  });

  it('set no more apart than there is', async () => {
    const account = await system.account('USD', 100);
    const replies = await Promise.all(Array.from({ length: 60 }, () => place(account.id, 30)));
    expect(replies.filter(({ status }) => status === 201)).toHaveLength(3);
    for (const reply of replies)
      if (reply.status !== 201) expect(problemIn(reply)).toMatchObject({ status: 422, code: 'insufficient-funds' });
    expect(await balanceOf(account)).toMatchObject({ posted: 100, held: 90, available: 10 });
  });
});

describe('in the end', () => {
  it('the books balance', async () => {
    await system.settled();
    expect(await faultsInBooks(system)).toEqual([]);
  });
});
