import { currency } from '@falconpay/money/currency';
import { accountForSpecs } from '../../accounts/account-for-specs.js';
import type { Account } from '../../accounts/account.js';
import { rowsForSpecs } from '../../rows-for-specs.js';
import type { Hold } from '../hold.js';
import { captureHold, type CaptureHold } from './capture-hold.js';

const usd = currency('USD');
const now = new Date('2026-01-31T12:00:00.000Z');
const at = (ms: number) => new Date(now.getTime() + ms);
const moment = { now, newId: (prefix: string) => `${prefix}_1`, newUuid: () => 'uuid' };

const active: Hold = {
  ...{ id: 'hold_1', accountId: 'a', amount: 60n, currency: usd, status: 'ACTIVE', captured: 0n, counterAccount: 'sys_clearing_USD' },
  ...{ reference: undefined, source: 'request', expiresAt: at(1), version: 0, createdAt: at(-5), updatedAt: at(-5), endedAt: undefined },
};

interface Case {
  readonly asked?: Partial<CaptureHold>;
  readonly hold?: Partial<Hold>;
  readonly payee?: Partial<Account>;
}

function decide({ asked = {}, hold = {}, payee = {} }: Case) {
  const message: CaptureHold = { id: 'hold_1', account: 'a', amount: undefined, to: undefined, ...asked };
  const accounts = [accountForSpecs('a', now, { held: 60n }), accountForSpecs('b', now, payee)];
  return captureHold.decide(message, rowsForSpecs(captureHold.needs(message), { accounts, holds: [{ ...active, ...hold }] }), moment);
}

const money = (amount: bigint, code = 'USD') => ({ amount, currency: currency(code) });

describe('a request to capture a hold', () => {
  it.each([
    ['takes all of it when it names no amount', {}, 60n, 'sys_clearing_USD'],
    ['takes what it names', { amount: money(1n) }, 1n, 'sys_clearing_USD'],
    ['brings it to the account it names', { to: 'number-b' }, 60n, 'b'],
  ])('%s', (_, asked, captured, counterAccount) => {
    const { put, reply } = decide({ asked });
    expect(put).toMatchObject({
      holds: [{ status: 'CAPTURED', captured, counterAccount }],
      transactions: [{ id: 'hold_1', type: 'capture' }],
    });
    expect(put?.accounts?.[0]).toMatchObject({ id: 'a', posted: 100n - captured, held: 0n });
    expect(reply).toMatchObject({ status: 200, body: { status: 'CAPTURED', to: counterAccount } });
  });

  it('that was carried out already is answered again, and changes nothing', () => {
    const hold: Partial<Hold> = { status: 'CAPTURED', captured: 45n, counterAccount: 'b', endedAt: at(-1) };
    expect(decide({ hold, asked: { amount: money(45n), to: 'b' } })).toEqual({
      reply: { status: 200, body: expect.objectContaining({ status: 'CAPTURED', captured: { amount: 45, currency: 'USD' } }) },
    });
  });

  const refused: [string, string, Case][] = [
    ['when another amount was captured', 'conflict', { hold: { status: 'CAPTURED', captured: 45n }, asked: { amount: money(44n) } }],
    ['when it went elsewhere', 'conflict', { hold: { status: 'CAPTURED', captured: 60n }, asked: { to: 'b' } }],
    [
      'by nobody in particular when somebody has it',
      'conflict',
      { hold: { status: 'CAPTURED', captured: 60n, counterAccount: 'b' }, asked: {} },
    ],
    ['when it was released', 'conflict', { hold: { status: 'RELEASED' } }],
    ['when it has expired', 'conflict', { hold: { status: 'EXPIRED' } }],
    ['when its time is over and nobody has ended it yet', 'conflict', { hold: { expiresAt: now } }],
    ['for more than the hold', 'unprocessable-request', { asked: { amount: money(61n) } }],
    ['in another currency', 'currency-mismatch', { asked: { amount: money(1n, 'OMR') } }],
    ['by the account itself', 'same-account', { asked: { to: 'number-a' } }],
    ['by an account that is frozen', 'account-frozen', { asked: { to: 'b' }, payee: { status: 'FROZEN' } }],
    ['by an account that is closed', 'account-not-found', { asked: { to: 'b' }, payee: { status: 'CLOSED', posted: 0n } }],
    ['by nobody', 'account-not-found', { asked: { to: 'nobody' } }],
    ['by an account in another currency', 'currency-mismatch', { asked: { to: 'b' }, payee: { currency: currency('OMR') } }],
    ['by an account that is full', 'limit-exceeded', { asked: { to: 'b' }, payee: { posted: BigInt(Number.MAX_SAFE_INTEGER) } }],
  ];
  it.each(refused)('is refused %s: %s', (_, code, each) => {
    expect(decide(each)).toEqual({ reply: { refused: code, detail: expect.stringMatching(/./) } });
  });
});
