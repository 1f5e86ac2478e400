import fc from 'fast-check';
import { problemIn, pointersIn } from '@falconpay/testing/problem-in';
import { startSystem, type RunningSystem, type TestAccount } from '@falconpay/testing/running-system';

interface Line {
  readonly id: string;
  readonly type: string;
  readonly amount: number;
  readonly currency: string;
  readonly balance_after?: number;
  readonly reference?: string;
  readonly source: { readonly type: string; readonly id: string };
  readonly created_at: string;
}
interface Page {
  readonly data: readonly Line[];
  readonly has_more: boolean;
  readonly next_cursor: string | null;
}
type Filter = Readonly<Partial<Record<'type' | 'reference' | 'from' | 'to', string>>>;

let system: RunningSystem;
let account: TestAccount;
let other: TestAccount;
let all: readonly Line[];

const usd = (amount: number) => ({ amount, currency: 'USD' });
const references = ['rent', 'salary', '=1+1', 'a "quoted", one', undefined];
const withReference = (index: number) => {
  const reference = references[index % references.length];
  return reference === undefined ? {} : { reference };
};

const transfers = (count: number) =>
  system.payment.post('/v1/transfers/bulk', {
    transfers: Array.from({ length: count }, (_, index) => ({
      from: index % 3 === 0 ? other.id : account.id,
      to: index % 3 === 0 ? account.id : other.id,
      amount: usd(1 + (index % 5)),
      ...withReference(index),
    })),
  });

const deposit = (index: number) =>
  system.wallet.post(`/v1/accounts/${account.id}/deposits`, { amount: usd(1 + index), ...withReference(index) });

/** Everything on the account, by a way of its own: the rows themselves, sorted and written here. */
async function bruteForce(id: string): Promise<Line[]> {
  const rows = await system.sql<Record<string, unknown> & { id: bigint; created_at: Date }>(
    'wallet',
    'select * from entries where account_id = $1',
    [id],
  );
  return rows
    .sort((a, b) => b.created_at.getTime() - a.created_at.getTime() || Number(b.id - a.id))
    .map((row) => ({
      id: `ent_${row.id}`,
      type: String(row['type']),
      amount: Number(row['amount']),
      currency: String(row['currency']),
      ...(row['balance_after'] === null ? {} : { balance_after: Number(row['balance_after']) }),
      ...(row['reference'] === null ? {} : { reference: String(row['reference']) }),
      source: { type: row['type'] === 'capture' ? 'hold' : String(row['type']), id: String(row['transaction_id']) },
      created_at: row.created_at.toISOString(),
    }));
}

const matches =
  ({ type, reference, from, to }: Filter) =>
  (line: Line) =>
    (type === undefined || line.type === type) &&
    (reference === undefined || line.reference === reference) &&
    (from === undefined || line.created_at >= from) &&
    (to === undefined || line.created_at < to);

const pathOf = (filter: object, key = account.id): string =>
  `/v1/accounts/${key}/transactions?${new URLSearchParams(filter as Record<string, string>).toString()}`;

async function page(filter: Filter, limit?: number, cursor?: string | null): Promise<Page> {
  const asked = { ...filter, ...(limit === undefined ? {} : { limit: String(limit) }), ...(cursor == null ? {} : { cursor }) };
  const reply = await system.wallet.get(pathOf(asked));
  if (reply.status !== 200) throw new Error(reply.text);
  return reply.body as Page;
}

async function allPages(filter: Filter, limit: number): Promise<Line[]> {
  const lines: Line[] = [];
  for (let cursor: string | null = null; ;) {
    const { data, has_more: hasMore, next_cursor: next }: Page = await page(filter, limit, cursor);
    lines.push(...data);
    expect(hasMore).toBe(next !== null);
    if (!hasMore) return lines;
    expect(data).toHaveLength(limit);
    cursor = next;
  }
}

/** Any filters, with times at, just before and just after entries there are. */
const filters = () => {
  const time = fc
    .tuple(fc.nat(all.length - 1), fc.integer({ min: -1, max: 1 }))
    .map(([index, by]) => new Date(Date.parse(all[index]?.created_at ?? '') + by).toISOString());
  return fc.record<Filter>(
    {
      type: fc.constantFrom('transfer', 'refund', 'deposit', 'withdrawal', 'capture', 'opening'),
      reference: fc.constantFrom('rent', 'salary', '=1+1', 'a "quoted", one', 'nobody’s'),
      from: time,
      to: time,
    },
    { requiredKeys: [] },
  );
};

beforeAll(async () => {
  system = await startSystem({ name: 'history', services: ['payment', 'wallet'] });
  [account, other] = await Promise.all([system.account('USD', 10_000), system.account('USD', 10_000)]);
  for (let index = 0; index < 12; index += 1) await deposit(index);
  // Many in one commit, and so at one instant.
  for (let round = 0; round < 3; round += 1) expect((await transfers(40)).status).toBe(202);
  await system.settled();
  const [{ id } = { id: '' }] = await system.sql<{ id: string }>('payment', `select id from transfers where from_account = $1 limit 1`, [
    account.id,
  ]);
  const refund = await system.payment.post(`/v1/transfers/${id}/refunds`, {});
  expect(await system.ended(refund.body.id)).toMatchObject({ status: 'COMPLETED' });
  for (const amount of [5, 7]) {
    expect((await system.wallet.post(`/v1/accounts/${account.id}/withdrawals`, { amount: usd(amount), reference: 'rent' })).status).toBe(
      201,
    );
    const hold = await system.wallet.post(`/v1/accounts/${account.id}/holds`, { amount: usd(amount) });
    expect((await system.wallet.post(`/v1/holds/${hold.body.id}/capture`, {})).status).toBe(200);
  }
  all = await bruteForce(account.id);
  expect(all).toHaveLength(1 + 12 + 120 + 1 + 4);
  expect(new Set(all.map(({ created_at: at }) => at)).size).toBeLessThan(60);
});
afterAll(() => system?.stop());

describe('the history of an account', () => {
  it('is what a search through all entries finds, newest first, whatever the filters and the size of pages', async () => {
    await fc.assert(
      fc.asyncProperty(filters(), fc.integer({ min: 5, max: 100 }), async (filter, limit) => {
        expect(await allPages(filter, limit)).toEqual(all.filter(matches(filter)));
      }),
      { numRuns: 80 },
    );
    expect(await allPages({}, 3)).toEqual(all);
  });

  it('follows from line to line: each balance is the one before and the amount', async () => {
    const lines = await allPages({}, 50);
    lines.forEach((line, index) => expect(line.balance_after).toBe((lines[index + 1]?.balance_after ?? 0) + line.amount));
    expect(lines[0]?.balance_after).toBe((await system.wallet.get(`/v1/accounts/${account.id}/balance`)).body.posted);
  });

  it('loses and doubles none of the lines that were there, while new ones arrive', async () => {
    let [paging, come] = [true, 0];
    const arriving = (async () => {
      while (paging) {
        const replies = await Promise.all([deposit(come), transfers(4)]);
        expect(replies.map(({ status }) => status)).toEqual([201, 202]);
        come += 1;
      }
    })().finally(() => (paging = false));
    try {
      // However slow they are to come: more than a few of them have to.
      while (paging && come <= 5)
        await fc.assert(
          fc.asyncProperty(filters(), fc.integer({ min: 3, max: 20 }), async (filter, limit) => {
            const before = await bruteForce(account.id);
            const found = await allPages(filter, limit);
            expect(new Set(found.map(({ id }) => id)).size).toBe(found.length);
            const known = new Set(before.map(({ id }) => id));
            expect(found.filter(({ id }) => known.has(id))).toEqual(before.filter(matches(filter)));
            // What came since stands before all that was there.
            expect(found.findLastIndex(({ id }) => !known.has(id))).toBe(found.filter(({ id }) => !known.has(id)).length - 1);
          }),
          { numRuns: 25 },
        );
    } finally {
      paging = false;
    }
    await arriving;
    expect(come).toBeGreaterThan(5);
    await system.settled();
    const before = all.length;
    all = await bruteForce(account.id);
    expect(all).toHaveLength(before + 5 * come);
  });

  it('is the same under the account’s number, and has 25 lines on a page when nobody asks for more', async () => {
    const byId = await page({});
    expect([byId.data.length, byId.has_more]).toEqual([25, true]);
    expect((await system.wallet.get(pathOf({}, account.number))).body).toEqual(byId);
    const second = await system.wallet.get(pathOf({ cursor: byId.next_cursor }, account.number));
    expect((second.body as Page).data).toEqual(all.slice(25, 50));
  });

  it('is empty for a new account, and has no balances for the bank’s own', async () => {
    const { id } = await system.account();
    expect((await system.wallet.get(pathOf({}, id))).body).toEqual({ data: [], has_more: false, next_cursor: null });
    const cash = (await system.wallet.get(pathOf({ type: 'withdrawal' }, 'sys_cash_USD'))).body as Page;
    expect(cash.data).toEqual((await bruteForce('sys_cash_USD')).filter(matches({ type: 'withdrawal' })));
    expect(cash.data.map(({ amount }) => amount)).toEqual([7, 5]);
    expect(cash.data[0]).not.toHaveProperty('balance_after');
  });

  it('says what caused a line, by an id that can be asked for', async () => {
    const [refund] = (await page({ type: 'refund' })).data;
    expect((await system.payment.get(`/v1/transfers/${refund?.source.id}`)).body).toMatchObject({ kind: 'refund', status: 'COMPLETED' });
    const [capture] = (await page({ type: 'capture' })).data;
    expect(capture).toMatchObject({ amount: -7, source: { type: 'hold' } });
    expect((await system.wallet.get(`/v1/holds/${capture?.source.id}`)).body).toMatchObject({ status: 'CAPTURED' });
  });
});

describe('a cursor of a history', () => {
  it('belongs to the account and the filters it was made for', async () => {
    const { next_cursor: cursor } = await page({ type: 'transfer' }, 2);
    const refused = async (filter: object, key = account.id) => problemIn(await system.wallet.get(pathOf({ ...filter, cursor }, key)));
    for (const filter of [{}, { type: 'deposit' }, { type: 'transfer', reference: 'rent' }, { reference: 'transfer' }])
      expect(await refused(filter)).toMatchObject({ status: 400, code: 'invalid-cursor' });
    expect(await refused({ type: 'transfer' }, other.id)).toMatchObject({ status: 400, code: 'invalid-cursor' });
    expect((await page({ type: 'transfer' }, 5, cursor)).data).toEqual(all.filter(matches({ type: 'transfer' })).slice(2, 7));
  });

  it('that was changed in any place is refused', async () => {
    const cursor = (await page({}, 2)).next_cursor ?? '';
    for (let place = 0; place < cursor.length; place += 5) {
      const changed = `${cursor.slice(0, place)}${cursor[place] === 'A' ? 'B' : 'A'}${cursor.slice(place + 1)}`;
      expect(problemIn(await system.wallet.get(pathOf({ cursor: changed })))).toMatchObject({ status: 400, code: 'invalid-cursor' });
    }
  });
});

describe('a history as a file', () => {
  const get = (filter: object, accept?: string) => system.wallet.get(pathOf(filter), accept === undefined ? {} : { accept });

  it('has all lines of all pages, in JSON lines', async () => {
    for (const filter of [{}, { type: 'transfer', reference: 'rent' }, { reference: 'nobody’s' }]) {
      const reply = await get(filter, 'application/jsonl');
      expect(reply).toMatchObject({ status: 200, headers: { 'content-type': 'application/jsonl; charset=utf-8' } });
      const lines = reply.text
        .split('\n')
        .slice(0, -1)
        .map((line) => JSON.parse(line) as Line);
      expect(lines).toEqual(all.filter(matches(filter)));
    }
    expect((await get({ format: 'jsonl' })).text).toBe((await get({}, 'application/x-ndjson')).text);
  });

  it('has all of them in CSV too, and no formulas', async () => {
    const reply = await get({ from: all.at(-1)?.created_at }, 'text/csv');
    expect(reply.headers).toMatchObject({
      'content-type': 'text/csv; charset=utf-8; header=present',
      'content-disposition': `attachment; filename="transactions-${account.id}.csv"`,
      'x-request-id': expect.stringMatching(/./),
    });
    const [head, ...lines] = reply.text.split('\r\n').slice(0, -1);
    expect(head).toBe('id,type,amount,currency,balance_after,reference,source_type,source_id,created_at');
    const written = (reference = '') => (reference.includes('"') ? `"${reference.replaceAll('"', '""')}"` : reference.replace(/^=/, "'="));
    expect(lines).toEqual(
      all.map(({ id, type, amount, currency, balance_after: balance, reference, source, created_at: at }) =>
        [id, type, amount, currency, balance, written(reference), source.type, source.id, at].join(','),
      ),
    );
    expect((await get({ format: 'csv' })).text).toBe(reply.text);
    expect((await get({ format: 'json' }, 'text/csv')).body).toEqual(await page({}));
  });

  it('can be asked for its headers alone', async () => {
    const reply = await system.wallet.send('HEAD', pathOf({ format: 'csv' }), undefined);
    expect(reply).toMatchObject({ status: 200, text: '', headers: { 'content-type': 'text/csv; charset=utf-8; header=present' } });
  });

  it('has no pages', async () => {
    expect(pointersIn(await get({ format: 'csv', limit: '5' }))).toEqual(['limit']);
    expect(pointersIn(await get({ format: 'jsonl', cursor: 'x' }))).toEqual(['cursor']);
  });

  it('of an account that is not there is a 404', async () => {
    for (const key of ['nobody', 'acc_00000000000000000000000000', 'sys_cash_XXX', 'sys_nothing_USD'])
      for (const format of ['csv', 'json'])
        expect(problemIn(await system.wallet.get(pathOf({ format }, key)))).toMatchObject({ status: 404, code: 'account-not-found' });
  });
});

describe('a question for a history', () => {
  it.each([
    ['type=gift', 'type'],
    ['type=TRANSFER', 'type'],
    ['reference=', 'reference'],
    ['from=yesterday', 'from'],
    ['to=2026-02-30T00:00:00Z', 'to'],
    ['from=2026-01-01T00:00:00%2B04:00', 'from'],
    ['format=xml', 'format'],
    ['limit=0', 'limit'],
    ['surprise=1', 'surprise'],
  ])('is refused with %s', async (query, pointer) => {
    const refused = await system.wallet.get(`/v1/accounts/${account.id}/transactions?${query}`);
    expect(problemIn(refused)).toMatchObject({ status: 400, code: 'validation-failed' });
    expect(pointersIn(refused)).toEqual([pointer]);
  });
});
