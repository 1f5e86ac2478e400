import type { RunningSystem } from '@falconpay/testing/running-system';
import { usd, type Partner, type PartnerOrder } from './partner.js';

const path = '/v1/clients/local/limits';

async function limit({ wallet }: RunningSystem, limits: object): Promise<void> {
  const reply = await wallet.send('PUT', path, JSON.stringify(limits), { 'content-type': 'application/json' });
  if (reply.status !== 200) throw new Error(`the client is not limited: ${reply.text}`);
}

/** Of every kind of order that takes money from an account. The client is that of all tests: the others are left room. */
export function itCountsForTheClient(partner: () => Partner<PartnerOrder>): void {
  it('counts for whoever asked for it, and is refused beyond what that client may', async () => {
    const { system } = partner();
    const account = await system.account('USD', 10_000);
    const ended = async (amount: number, status: string) => partner().until(await partner().requested(account.id, amount), status);
    await limit(system, { per_day: [usd(1_000_000_000)], per_transaction: [usd(9_000)] });
    try {
      await ended(500, 'COMPLETED');
      const { spent_today: spent } = (await system.wallet.get(path)).body as { spent_today: readonly { amount: number }[] };
      expect(spent[0]?.amount).toBeGreaterThanOrEqual(500);
      const refused = await ended(9_500, 'REFUSED');
      expect(refused).toMatchObject({ failure: { code: 'limit-exceeded', detail: expect.stringMatching(/^client local/) as unknown } });
    } finally {
      await limit(system, {});
    }
  });
}
