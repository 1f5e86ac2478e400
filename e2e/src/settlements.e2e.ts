import { startSystem, type RunningSystem } from '@falconpay/testing/running-system';
import type { HttpReply, Parsed } from '@falconpay/testing/service-client';
import { awayFromMidnight, awayFromMidnightMs } from './away-from-midnight.js';
import { Bank } from './bank.js';
import { Institution } from './institution.js';

let system: RunningSystem;
beforeAll(async () => {
  const env = { PAYOUT_TIMEOUT_MS: '2000', REDEMPTION_TIMEOUT_MS: '2000', REVERSAL_RETRY_MS: '50', ATM_ERRANDS_EVERY_MS: '20' };
  system = await startSystem({ name: 'settlements', env });
  await awayFromMidnight();
}, awayFromMidnightMs);
afterAll(() => system?.stop());

const reconcile = (place: string): Promise<HttpReply> =>
  system.gateway.send('PUT', `/v1/${place}/reconciliations/${new Date().toISOString().slice(0, 10)}`, '');
const classesIn = (reply: HttpReply): string[] => (reply.body.breaks as Parsed[]).map((each) => each.class as string);

describe('a bank’s statement', () => {
  it('agrees with our books, payout by payout, and in its totals', async () => {
    const [bank, { id: account }] = [await Bank.open(system), await system.account('USD', 10_000)];
    await bank.behave('success', 'refuse', 'crash_after_act', 'silent');
    for (const status of ['COMPLETED', 'REFUNDED', 'COMPLETED', 'REFUNDED']) await bank.payOut(account, 1_000, status);
    expect(await reconcile(`banks/${bank.id}`)).toMatchObject({
      status: 200,
      body: {
        ...{ status: 'TAKEN', kind: 'bank', matched: 4, broken: 0, breaks: [] },
        totals: [{ currency: 'USD', agrees: true, ours: { count: 2, sum: 2_000 }, out: { count: 2, sum: 2_000 } }],
      },
    });
  });

  it('that tells of a payout that we have never heard of is a break, and changes no money', async () => {
    const [bank, { id: account }] = [await Bank.open(system), await system.account('USD', 10_000)];
    await bank.payOut(account, 1_000, 'COMPLETED');
    await bank.always('success', { record_fault: 'unknown_id' });
    expect(classesIn(await reconcile(`banks/${bank.id}`))).toContain('MISSING_INTERNAL');
    expect(await system.balance(account)).toBe(9_000);
  });
});

describe('an institution’s settlement', () => {
  it('agrees with our books: what was taken back comes to nothing on both sides', async () => {
    const [institution, { id: account }] = [await Institution.join(system), await system.account('USD', 0)];
    await institution.behave('success', 'refuse', 'error_after_act', 'silent');
    for (const status of ['COMPLETED', 'DECLINED', 'REVERSED', 'REVERSED']) await institution.redeem(account, 1_000, status);
    expect(await reconcile(`institutions/${institution.id}`)).toMatchObject({
      body: {
        ...{ status: 'TAKEN', kind: 'institution', matched: 4, broken: 0, breaks: [] },
        totals: [
          { currency: 'USD', agrees: true, ours: { count: 1, sum: 1_000 }, out: { count: 2, sum: 2_000 }, back: { count: 1, sum: 1_000 } },
        ],
      },
    });
    expect(await system.balance(account)).toBe(1_000);
  });

  it('that tells of somebody else’s charge in place of one that we have credited: two breaks, and no money moves', async () => {
    const [institution, { id: account }] = [await Institution.join(system), await system.account('USD', 0)];
    const { id } = await institution.redeem(account, 1_000, 'COMPLETED');
    await institution.always('success', { record_fault: 'unknown_id' });
    const { breaks } = (await reconcile(`institutions/${institution.id}`)).body as { breaks: Parsed[] };
    expect(breaks.map(({ item, class: found }) => `${item} ${found}`).sort()).toEqual([
      'never-heard-of MISSING_INTERNAL',
      `${id} DATE_CUTOFF`,
    ]);
    expect(await system.balance(account)).toBe(1_000);
    expect((await institution.look(id)).status).toBe('COMPLETED');
  });
});
