import { accountForSpecs } from '../../accounts/account-for-specs.js';
import { rowsForSpecs } from '../../rows-for-specs.js';
import { newClient } from '../../rules/client.js';
import { amountsOf, limitsWith, now, usd } from '../../rules/limits-for-specs.js';
import { placeSagaHold, type PlaceSagaHold } from './place-saga-hold.js';

const moment = { now, newId: (prefix: string) => `${prefix}_1`, newUuid: () => 'uuid' };
const order: PlaceSagaHold = {
  ...{ id: 'wdr_1', account: 'a', amount: usd(50), counterAccount: 'sys_machines_USD', source: 'withdrawal', client: 'till' },
  ...{ reference: undefined, expiresAt: new Date(now.getTime() + 1_000) },
};

function decide(most: number, client: string | undefined) {
  const message = { ...order, client };
  const clients = [newClient('till', limitsWith({ per_transaction: amountsOf(usd(most)) }), now)];
  return placeSagaHold.decide(
    message,
    rowsForSpecs(placeSagaHold.needs(message), { clients, accounts: [accountForSpecs('a', now)] }),
    moment,
  );
}

describe('money set apart for a saga', () => {
  it('counts for the client that asked', () => {
    expect(decide(50, 'till').put).toMatchObject({
      holds: [{ id: 'wdr_1' }],
      clients: [{ id: 'till', limited: { usage: { spentThatDay: [usd(50)] } } }],
    });
  });

  it('is refused beyond what that client may', () => {
    expect(decide(49, 'till')).toEqual({
      events: [expect.objectContaining({ data: expect.objectContaining({ code: 'limit-exceeded' }) })],
    });
  });

  it('of a saga that does not say who asked is limited by the account alone', () => {
    expect(decide(49, undefined).put).toMatchObject({ holds: [{ id: 'wdr_1' }], clients: [] });
  });
});
