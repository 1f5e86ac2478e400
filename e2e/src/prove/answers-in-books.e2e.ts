import { CashMachine } from '../cash-machine.js';
import { startSystem, type RunningSystem, type TestAccount } from '@falconpay/testing/running-system';
import { answersNotInBooks, effectsWithoutAnswer, type Answers } from './answers-in-books.js';
import type { KnownHold } from './hold-errands.js';

const usd = (amount: number) => ({ amount, currency: 'USD' });
const inMs = (ms: number): string => new Date(Date.now() + ms).toISOString();

describe('what clients were told', () => {
  let system: RunningSystem;
  let urls: { payment: string; wallet: string; gateway: string };
  let account: TestAccount;
  let told: Answers;

  const post = async (path: string, body: object, service = 'wallet'): Promise<string> => {
    const reply = await system.client(service).post(path, body);
    expect(reply.status).toBeLessThan(300);
    return (reply.body as { id: string }).id;
  };
  const hold = async (more: Partial<KnownHold> = {}): Promise<KnownHold> => {
    const id = await post(`/v1/accounts/${account.id}/holds`, { amount: usd(10), ...(more.expires && { expires_at: inMs(200) }) });
    return { id, account: account.id, number: account.number, amount: 10, expires: false, ...more };
  };

  beforeAll(async () => {
    system = await startSystem({ name: 'answers', env: { WALLET_HOLD_EXPIRY_EVERY_MS: '20' } });
    const { payment = '', wallet = '', 'atm-gateway': gateway = '' } = system.local.databaseUrls;
    urls = { payment, wallet, gateway };
    account = await system.account();
    const other = await system.account();
    const releaseAt = inMs(3_600_000);
    const deposit = (amount: number, more: object = {}) => post(`/v1/accounts/${account.id}/deposits`, { amount: usd(amount), ...more });
    const posting = { account: account.id, type: 'deposit' } as const;
    const postings = [
      { ...posting, id: await deposit(1_000), amount: 1_000 },
      { ...posting, id: await deposit(50, { release_at: releaseAt }), amount: 50, releaseAt },
      { ...posting, id: await post(`/v1/accounts/${account.id}/withdrawals`, { amount: usd(7) }), type: 'withdrawal' as const, amount: -7 },
    ];
    const holds = [
      await hold(),
      await hold({ end: { status: 'CAPTURED', captured: 4 } }),
      await hold({ end: { status: 'RELEASED', captured: 0 } }),
      await hold({ expires: true }),
    ];
    await post(`/v1/holds/${holds[1]?.id}/capture`, { amount: usd(4) });
    await post(`/v1/holds/${holds[2]?.id}/release`, {});
    await system.eventually('the last hold has expired', async () => {
      const reply = await system.wallet.get(`/v1/holds/${holds[3]?.id}`);
      return (reply.body as { status: string }).status === 'EXPIRED';
    });
    const transfer = await system.transfer(account.id, other.id, 20);
    const refund = await post(`/v1/transfers/${transfer.id}/refunds`, { amount: usd(5) }, 'payment');
    const machine = await CashMachine.install(system);
    const { id } = await machine.withdraw(account.id, 200, 'COMPLETED');
    const orders = [{ id, kind: 'withdrawal' as const, account: account.id, amount: 200 }];
    told = { postings, holds, refunds: [{ id: refund, refundOf: transfer.id, amount: 5 }], orders };
  });
  afterAll(() => system?.stop());

  it('is in the books', async () => {
    expect(await answersNotInBooks(urls, told)).toEqual([]);
    expect(await effectsWithoutAnswer(urls, told)).toEqual([]);
  });

  type List = keyof Answers;
  const lies: readonly (readonly [string, List, number, Record<string, unknown>])[] = [
    ['a deposit that is not there', 'postings', 0, { id: 'dep_lost' }],
    ['a deposit of another amount', 'postings', 0, { amount: 999 }],
    ['a deposit on another account', 'postings', 0, { account: 'acc_other' }],
    ['a deposit that was to be released later', 'postings', 0, { releaseAt: inMs(60_000) }],
    ['a deposit that was to be released at once', 'postings', 1, { releaseAt: undefined }],
    ['a withdrawal of less', 'postings', 2, { amount: -6 }],
    ['a withdrawal that was a deposit', 'postings', 2, { type: 'deposit' }],
    ['a hold that is not there', 'holds', 0, { id: 'hold_lost' }],
    ['a hold of another amount', 'holds', 0, { amount: 11 }],
    ['a captured hold that stands', 'holds', 0, { end: { status: 'CAPTURED', captured: 10 } }],
    ['a hold that was said to be over and stands', 'holds', 0, { wasOver: true }],
    ['a hold of which more was captured', 'holds', 1, { end: { status: 'CAPTURED', captured: 5 } }],
    ['a hold that was given back, of which a part was captured', 'holds', 1, { end: { status: 'RELEASED', captured: 0 } }],
    ['a hold that nobody ended and that is over', 'holds', 2, { end: undefined }],
    ['a hold that was to stay and expired', 'holds', 3, { expires: false }],
    ['a refund that is not there', 'refunds', 0, { id: 'pay_lost' }],
    ['a refund of another transfer', 'refunds', 0, { refundOf: 'pay_other' }],
    ['a refund of another amount', 'refunds', 0, { amount: 6 }],
    ['a withdrawal at a machine that is not there', 'orders', 0, { id: 'wdr_lost' }],
    ['a withdrawal at a machine of another amount', 'orders', 0, { amount: 300 }],
    ['a withdrawal at a machine from another account', 'orders', 0, { account: 'acc_other' }],
    ['a withdrawal at a machine that was a payout', 'orders', 0, { kind: 'payout' }],
  ];
  it.each(lies)('and is not: %s', async (_, list, index, lie) => {
    const changed = { ...told, [list]: told[list].map((each, at) => (at === index ? { ...each, ...lie } : each)) };
    const found = await answersNotInBooks(urls, changed);
    const id = String(lie['id'] ?? told[list][index]?.id);
    expect(found.length).toBeGreaterThan(0);
    for (const fault of found) expect(fault).toMatch(new RegExp(`^I13 \\w+ ${id}: `));
  });

  it('is less than what happened', async () => {
    const less = { ...told, postings: told.postings.slice(1), holds: told.holds.slice(1), orders: [] };
    const [posting, placed, withdrawal] = [told.postings[0], told.holds[0], told.orders[0]];
    const untold = [`I6 deposit ${posting?.id}`, `I6 hold ${placed?.id}`, `I6 withdrawal ${withdrawal?.id}`];
    expect((await effectsWithoutAnswer(urls, less)).sort()).toEqual(untold.map((effect) => `${effect}: nobody was told of it`));
  });
});
