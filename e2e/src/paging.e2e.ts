import fc from 'fast-check';
import { problemIn } from '@falconpay/testing/problem-in';
import { startSystem, type RunningSystem } from '@falconpay/testing/running-system';

interface Transfer {
  readonly id: string;
  readonly status: string;
  readonly from: string;
  readonly to: string;
  readonly reference?: string;
}
interface Page {
  readonly data: readonly Transfer[];
  readonly has_more: boolean;
  readonly next_cursor: string | null;
}
type Filter = Readonly<Record<string, string>>;

let system: RunningSystem;
let accounts: string[];
let all: Transfer[];
const references = ['rent', 'salary', 'a&b=c 100%', undefined];
const filters = (): Filter[] =>
  [undefined, ...accounts, 'nobody'].flatMap((account) =>
    [undefined, 'PENDING', 'COMPLETED', 'FAILED'].flatMap((status) =>
      [...references, 'never used'].map((reference) => ({
        ...(account && { account }),
        ...(status && { status }),
        ...(reference && { reference }),
      })),
    ),
  );

const newestFirst = (a: Transfer, b: Transfer) => (a.id < b.id ? 1 : -1);
const matches =
  ({ account, status, reference }: Filter) =>
  (transfer: Transfer) =>
    (account === undefined || transfer.from === account || transfer.to === account) &&
    (status === undefined || transfer.status === status) &&
    (reference === undefined || transfer.reference === reference);

async function page(filter: Filter, limit?: number, cursor?: string | null): Promise<Page> {
  const query = new URLSearchParams({
    ...filter,
    ...(limit === undefined ? {} : { limit: String(limit) }),
    ...(cursor == null ? {} : { cursor }),
  });
  const reply = await system.payment.get(`/v1/transfers?${query.toString()}`);
  if (reply.status !== 200) throw new Error(reply.text);
  return reply.body as Page;
}

/** Every page to the last. Each but the last is full, and says that there is more. */
async function allPages(filter: Filter, limit: number): Promise<Transfer[]> {
  const rows: Transfer[] = [];
  for (let cursor: string | null = null; ;) {
    const { data, has_more: hasMore, next_cursor: next }: Page = await page(filter, limit, cursor);
    rows.push(...data);
    expect(hasMore).toBe(next !== null);
    if (!hasMore) return rows;
    expect(data).toHaveLength(limit);
    cursor = next;
  }
}

const create = (count: number, expires?: string) =>
  system.payment.post('/v1/transfers/bulk', {
    transfers: Array.from({ length: count }, (_, index) => ({
      from: accounts[index % 3],
      to: accounts[(index + 1 + (index % 2)) % 3],
      amount: { amount: 1 + (index % 4), currency: 'USD' },
      reference: references[index % references.length],
      ...(expires === undefined ? {} : { expires_at: expires }),
    })),
  });

beforeAll(async () => {
  system = await startSystem({ name: 'paging', services: ['payment', 'wallet'] });
  // The first two can pay for some of it, the third for nothing at first: all outcomes are there.
  accounts = (await Promise.all([system.account('USD', 100), system.account('USD', 50), system.account()])).map(({ id }) => id);
  expect((await create(200)).status).toBe(202);
  expect((await create(40, '2026-01-01T00:00:00Z')).status).toBe(202);
  await system.settled();
  await system.stopService('wallet');
  expect((await create(60)).status).toBe(202);
  all = (
    await system.sql<Transfer>('payment', `select id, status, from_account as "from", to_account as "to", reference from transfers`)
  ).sort(newestFirst);
  expect(all).toHaveLength(300);
  for (const status of ['PENDING', 'COMPLETED', 'FAILED'])
    expect(all.filter((transfer) => transfer.status === status).length).toBeGreaterThan(20);
});
afterAll(() => system?.stop());

describe('a list of transfers', () => {
  it('is what a search through all of them finds, newest first, for every combination of filters', async () => {
    for (const filter of filters()) {
      const found = (await allPages(filter, 100)).map(({ id }) => id);
      expect({ filter, found }).toEqual({ filter, found: all.filter(matches(filter)).map(({ id }) => id) });
    }
  });

  it('is the same in pages of any size', async () => {
    const combinations = filters();
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...combinations), fc.integer({ min: 1, max: 100 }), async (filter, limit) => {
        const expected = all.filter(matches(filter));
        // One by one through everything takes long and shows nothing more.
        fc.pre(expected.length / limit < 60);
        expect((await allPages(filter, limit)).map(({ id }) => id)).toEqual(expected.map(({ id }) => id));
      }),
      { numRuns: 40 },
    );
  });

  it('has 25 on a page when nobody asks for more, and shows each as it is alone', async () => {
    const { data, has_more: hasMore } = await page({});
    expect([data.length, hasMore]).toEqual([25, true]);
    expect((await system.payment.get(`/v1/transfers/${data[3]?.id}`)).body).toEqual(data[3]);
  });

  it('says that there is no more when the last page is full to the last row', async () => {
    const filter = { status: 'PENDING', account: accounts[0] as string };
    const matching = all.filter(matches(filter)).length;
    expect(await page(filter, matching)).toMatchObject({ has_more: false, next_cursor: null });
    expect(await page(filter, matching - 1)).toMatchObject({ has_more: true });
    expect(await page({ account: 'nobody' })).toEqual({ data: [], has_more: false, next_cursor: null });
  });

  it('loses and doubles none of those that were there, while new ones arrive', async () => {
    let paging = true;
    const arriving = (async () => {
      let count = 0;
      while (paging) {
        await create(5);
        count += 5;
      }
      return count;
    })();
    for (const filter of [{}, { account: accounts[1] as string }, { status: 'PENDING' }, { reference: 'rent' }]) {
      const found = (await allPages(filter, 7)).map(({ id }) => id);
      expect(new Set(found).size).toBe(found.length);
      expect(found.filter((id) => all.some((transfer) => transfer.id === id))).toEqual(all.filter(matches(filter)).map(({ id }) => id));
    }
    paging = false;
    expect(await arriving).toBeGreaterThan(0);
  });
});

describe('a cursor', () => {
  let cursor: string;
  beforeAll(async () => {
    cursor = (await page({ status: 'PENDING' }, 2)).next_cursor as string;
  });
  const refused = async (query: string) => problemIn(await system.payment.get(`/v1/transfers?${query}`));

  it('of another filter is refused', async () => {
    for (const filter of ['', 'status=FAILED&', `status=PENDING&account=${accounts[0]}&`, 'reference=PENDING&', 'account=PENDING&']) {
      expect(await refused(`${filter}cursor=${cursor}`)).toMatchObject({ status: 400, code: 'invalid-cursor' });
    }
  });

  it('may be used with another limit, and again', async () => {
    const [two, five] = [await page({ status: 'PENDING' }, 2, cursor), await page({ status: 'PENDING' }, 5, cursor)];
    expect(five.data.slice(0, 2).map(({ id }) => id)).toEqual(two.data.map(({ id }) => id));
  });

  it('that was changed in any place is refused', async () => {
    for (let place = 0; place < cursor.length; place += 3) {
      const other = cursor[place] === 'A' ? 'B' : 'A';
      const changed = `${cursor.slice(0, place)}${other}${cursor.slice(place + 1)}`;
      expect(await refused(`status=PENDING&cursor=${changed}`)).toMatchObject({ status: 400, code: 'invalid-cursor' });
    }
  });

  it('that nobody made is refused', async () => {
    const madeUp = Buffer.from(JSON.stringify([all[10]?.id])).toString('base64url');
    for (const each of ['x', '', madeUp, all[10]?.id, `${cursor}A`, cursor.slice(0, -1), `${cursor}%3D`, 'x'.repeat(600), "'%20or%201=1"]) {
      expect((await refused(`status=PENDING&cursor=${each}`)).status).toBe(400);
    }
  });
});
