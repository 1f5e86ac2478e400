import { rowsForSpecs } from '../../rows-for-specs.js';
import { accountForSpecs } from '../account-for-specs.js';
import type { Account } from '../account.js';
import { closeAccount } from './close-account.js';

const now = new Date('2026-01-31T12:00:00.000Z');
const moment = { now, newId: (prefix: string) => `${prefix}_1`, newUuid: () => 'uuid' };

function decide(on: Partial<Account> | undefined) {
  const message = { account: 'a', reason: 'moved away' };
  const accounts = on ? [accountForSpecs('a', now, on)] : [];
  return closeAccount.decide(message, rowsForSpecs(closeAccount.needs(message), { accounts }), moment);
}

describe('closing an account', () => {
  it('ends an empty one, and keeps the reason', () => {
    expect(decide({ posted: 0n })).toMatchObject({
      put: {
        accounts: [{ id: 'a', status: 'CLOSED', version: 8, updatedAt: now }],
        accountEvents: [{ accountId: 'a', accountVersion: 8, event: 'close', reason: 'moved away', createdAt: now }],
      },
      reply: { status: 200, body: { status: 'CLOSED' } },
    });
  });

  it('twice is as good as once', () => {
    expect(decide({ posted: 0n, status: 'CLOSED' })).toEqual({
      reply: { status: 200, body: expect.objectContaining({ status: 'CLOSED' }) },
    });
  });

  it.each([
    ['conflict', { posted: 1n }],
    ['conflict', { posted: 5n, held: 5n }],
    ['conflict', { posted: 5n, unreleased: 5n }],
    ['account-frozen', { posted: 0n, status: 'FROZEN' }],
    ['account-not-found', undefined],
  ] as const)('is refused: %s', (code, on) => {
    expect(decide(on)).toEqual({ reply: { refused: code, detail: expect.stringMatching(/account a\b/) } });
  });
});
