import { pointersIn, problemIn } from '@falconpay/testing/problem-in';
import { startSystem, type RunningSystem, type TestAccount } from '@falconpay/testing/running-system';
import type { HttpReply } from '@falconpay/testing/service-client';

let system: RunningSystem;
let one: TestAccount;
let two: TestAccount;
beforeAll(async () => {
  system = await startSystem({ name: 'refusals', services: ['payment', 'wallet'] });
  [one, two] = await Promise.all([system.account('USD', 100), system.account('USD', 100)]);
});
afterAll(() => system?.stop());

/** What is there before and after: accounts as they are, and rows in every table. */
const everything = async () => ({
  rows: await Promise.all(['payment', 'wallet'].map((service) => system.rowCounts(service))),
  accounts: await system.sql('wallet', 'select * from accounts order by id'),
});

let before: Awaited<ReturnType<typeof everything>>;
beforeEach(async () => {
  before = await everything();
});
afterEach(async () => {
  expect(await everything()).toEqual(before);
});

interface Route {
  readonly service: 'payment' | 'wallet';
  readonly path: () => string;
  readonly body: () => Record<string, unknown>;
  /** Every member may be left out. */
  readonly needsNothing?: true;
}

const unknownTransfer = 'pay_00000000000000000000000000';
const money = (amount: unknown = 1, currency: unknown = 'USD') => ({ amount, currency });
const routes: Record<string, Route> = {
  transfer: { service: 'payment', path: () => '/v1/transfers', body: () => ({ from: one.id, to: two.id, amount: money() }) },
  bulk: {
    service: 'payment',
    path: () => '/v1/transfers/bulk',
    body: () => ({ transfers: [{ from: one.id, to: two.id, amount: money() }] }),
  },
  refund: {
    service: 'payment',
    path: () => `/v1/transfers/${unknownTransfer}/refunds`,
    body: () => ({ amount: money(), reason: 'test' }),
    needsNothing: true,
  },
  account: { service: 'wallet', path: () => '/v1/accounts', body: () => ({ owner: 'Test', currency: 'USD' }) },
  deposit: { service: 'wallet', path: () => `/v1/accounts/${one.id}/deposits`, body: () => ({ amount: money() }) },
  withdrawal: { service: 'wallet', path: () => `/v1/accounts/${one.id}/withdrawals`, body: () => ({ amount: money() }) },
  hold: { service: 'wallet', path: () => `/v1/accounts/${one.id}/holds`, body: () => ({ amount: money() }) },
  freeze: { service: 'wallet', path: () => `/v1/accounts/${one.id}/freeze`, body: () => ({ reason: 'test' }) },
  unfreeze: { service: 'wallet', path: () => `/v1/accounts/${one.id}/unfreeze`, body: () => ({ reason: 'test' }) },
  close: { service: 'wallet', path: () => `/v1/accounts/${one.id}/close`, body: () => ({ reason: 'test' }) },
};
const names = Object.keys(routes);

function send(name: string, body: unknown, headers: Record<string, string> = {}): Promise<HttpReply> {
  const { service, path } = routes[name] as Route;
  return system.client(service).post(path(), body, { headers });
}

const valid = (name: string) => (routes[name] as Route).body();

describe.each(names)('POST %s', (name) => {
  const notJson: [string, () => string | Buffer][] = [
    ['nothing', () => ''],
    ['half a document', () => JSON.stringify(valid(name)).slice(0, -1)],
    ['two documents', () => `${JSON.stringify(valid(name))}{}`],
    ['a comma too many', () => JSON.stringify(valid(name)).replace(/}$/, ',}')],
    ['bytes that are no UTF-8', () => Buffer.concat([Buffer.from('{"a":"'), Buffer.from([0xff, 0xfe]), Buffer.from('"}')])],
    ['a byte order mark', () => `\uFEFF${JSON.stringify(valid(name))}`],
    ['NaN', () => '{"amount":NaN}'],
    ['a member twice', () => JSON.stringify(valid(name)).replace(/^{/, '{"owner":"a","owner":"b",')],
    ['a member twice, once escaped', () => '{"owner":"a","\\u006fwner":"b"}'],
    ['50 levels', () => JSON.stringify(valid(name)).replace(/}$/, `,"deep":${'['.repeat(50)}${']'.repeat(50)}}`)],
    ['50,000 levels', () => (name === 'bulk' ? '['.repeat(50_000) : '['.repeat(20_000))],
    ['__proto__', () => JSON.stringify(valid(name)).replace(/^{/, '{"__proto__":{"admin":true},')],
    ['__proto__, escaped', () => JSON.stringify(valid(name)).replace(/^{/, '{"\\u005f_proto__":{"admin":true},')],
    ['constructor.prototype', () => JSON.stringify(valid(name)).replace(/^{/, '{"constructor":{"prototype":{"admin":true}},')],
    ['a zero byte', () => '{"owner":"a\\u0000b","reason":"\\u0000"}'],
    ['half a surrogate pair', () => '{"owner":"\\ud800","reason":"\\ud800"}'],
    ['an amount with a fraction of zero', () => '{"amount":{"amount":1.0,"currency":"USD"}}'],
    ['an amount with an exponent', () => '{"amount":{"amount":1e2,"currency":"USD"}}'],
  ];
  it.each(notJson)('refuses %s as malformed', async (_, body) => {
    expect(problemIn(await send(name, body()))).toMatchObject({ status: 400, code: 'malformed-json' });
  });

  it('says where a document is malformed', async () => {
    const withMember = (member: string) => JSON.stringify(valid(name)).replace(/}$/, `,${member}}`);
    expect(pointersIn(await send(name, withMember('"more":{"deep":[0,1.0]}')))).toEqual(['/more/deep/1']);
    expect(pointersIn(await send(name, withMember('"more":{"__proto__":1}')))).toEqual(['/more/__proto__']);
    expect(pointersIn(await send(name, withMember('"more":{"a":1,"a":2}')))).toEqual(['/more/a']);
    expect(pointersIn(await send(name, withMember('"more":["\\u0000"]')))).toEqual(['/more/0']);
    expect(pointersIn(await send(name, withMember('"more":{"a":x}')))).toEqual(['/more/a']);
  });

  it.each([
    ['a list', '[]'],
    ['a text', '"text"'],
    ['a number', '1'],
    ['null', 'null'],
    ['no members', '{}'],
  ])('refuses %s in place of an object', async (_, body) => {
    expect(problemIn(await send(name, body)).status).toBe(body === '{}' && routes[name]?.needsNothing ? 404 : 400);
  });

  it('refuses a member nobody knows, and says where', async () => {
    const refused = await send(name, { ...valid(name), surprise: 1 });
    expect(problemIn(refused)).toMatchObject({ status: 400, code: 'validation-failed' });
    expect(pointersIn(refused)).toEqual(['/surprise']);
    expect(pointersIn(await send(name, { ...valid(name), 'a/b~c': 1 }))).toEqual(['/a~1b~0c']);
    for (const inherited of ['toString', 'hasOwnProperty', 'constructor', 'valueOf']) {
      expect(pointersIn(await send(name, { ...valid(name), [inherited]: 1 }))).toEqual([`/${inherited}`]);
    }
  });

  it('refuses other content types, encodings and bodies that are too large', async () => {
    const body = JSON.stringify(valid(name));
    for (const type of [
      'text/plain',
      'application/xml',
      'application/json; charset=latin1',
      'multipart/form-data; boundary=x',
      'application/jsonp',
      '',
    ]) {
      expect(problemIn(await send(name, body, { 'content-type': type }))).toMatchObject({ status: 415, code: 'unsupported-media-type' });
    }
    expect(problemIn(await send(name, body, { 'content-encoding': 'gzip' }))).toMatchObject({ status: 415 });
    const tooLarge = name === 'bulk' ? 1_048_577 : 65_000;
    expect(problemIn(await send(name, body.padEnd(tooLarge, ' ')))).toMatchObject({ status: 413, code: 'payload-too-large' });
  });

  it('refuses a query, as it knows no parameter', async () => {
    const { service, path } = routes[name] as Route;
    const refused = await system.client(service).post(`${path()}?dry_run=true`, valid(name));
    expect(pointersIn(refused)).toEqual(['dry_run']);
  });

  it('allows no other method, and says which it allows', async () => {
    const { service, path } = routes[name] as Route;
    for (const method of ['PUT', 'PATCH', 'DELETE']) {
      const refused = await system.client(service).send(method, path(), undefined);
      expect(problemIn(refused)).toMatchObject({ status: 405, code: 'method-not-allowed' });
      expect(refused.headers.allow?.split(', ')).toContain('POST');
    }
  });
});

describe('money', () => {
  const wrong: [string, unknown, string][] = [
    ['no money', undefined, '/amount'],
    ['null', null, '/amount'],
    ['a number alone', 1, '/amount'],
    ['a text', '1 USD', '/amount'],
    ['a list', [money()], '/amount'],
    ['a fraction', money(0.5), '/amount/amount'],
    ['zero', money(0), '/amount/amount'],
    ['less than zero', money(-1), '/amount/amount'],
    ['2^53', money(2 ** 53), '/amount/amount'],
    ['a text in place of the number', money('1'), '/amount/amount'],
    ['true in place of the number', money(true), '/amount/amount'],
    ['a currency nobody has', money(1, 'XXX'), '/amount/currency'],
    ['a currency in small letters', money(1, 'usd'), '/amount/currency'],
    ['a currency that is every object’s member', money(1, 'constructor'), '/amount/currency'],
    ['no currency', { amount: 1 }, '/amount/currency'],
    ['a member more', { ...money(), cents: 1 }, '/amount/cents'],
  ];
  it.each(wrong)('is refused as %s', async (_, amount, pointer) => {
    for (const name of ['transfer', 'deposit', 'withdrawal', 'hold']) {
      const refused = await send(name, { ...valid(name), amount });
      expect(problemIn(refused)).toMatchObject({ status: 400, code: 'validation-failed' });
      expect(pointersIn(refused)).toEqual([pointer]);
    }
  });

  it('is refused when its literal is rounded by reading: 2^53 and a bit', async () => {
    for (const literal of ['9007199254740993', '9007199254740992.5', '1e400', '-0.0']) {
      const body = JSON.stringify(valid('transfer')).replace('"amount":1,', `"amount":${literal},`);
      expect(body).toContain(literal);
      expect(problemIn(await send('transfer', body)).status).toBe(400);
    }
  });
});

describe('each member of a body', () => {
  const wrong: [string, string, unknown][] = [
    ['transfer', 'from', 5],
    ['transfer', 'from', ''],
    ['transfer', 'from', 'has space'],
    ['transfer', 'from', "x' or '1'='1"],
    ['transfer', 'from', 'x'.repeat(65)],
    ['transfer', 'to', null],
    ['transfer', 'to', { id: 'a' }],
    ['transfer', 'reference', ''],
    ['transfer', 'reference', 'x'.repeat(141)],
    ['transfer', 'reference', 5],
    ['transfer', 'description', 'x'.repeat(501)],
    ['transfer', 'client_reference', 'x'.repeat(141)],
    ['transfer', 'expires_at', 'tomorrow'],
    ['transfer', 'expires_at', '2026-02-30T12:00:00Z'],
    ['transfer', 'expires_at', '2026-01-31T12:00:00+04:00'],
    ['transfer', 'expires_at', 1_800_000_000],
    ['transfer', 'metadata', []],
    ['transfer', 'metadata', { a: 1 }],
    ['transfer', 'metadata', { a: { b: 'c' } }],
    ['transfer', 'metadata', Object.fromEntries(Array.from({ length: 51 }, (_, index) => [`k${index}`, 'v']))],
    ['transfer', 'metadata', { a: 'x'.repeat(501) }],
    ['bulk', 'transfers', []],
    ['bulk', 'transfers', {}],
    ['bulk', 'atomic', 'yes'],
    ['bulk', 'atomic', 1],
    ['refund', 'reason', ''],
    ['refund', 'reason', 'x'.repeat(501)],
    ['refund', 'amount', 5],
    ['account', 'number', 'under_score'],
    ['account', 'number', 'x'.repeat(35)],
    ['account', 'number', 1001],
    ['account', 'number', 'acc_00000000000000000000000000'],
    ['account', 'number', 'sys_cash_USD'],
    ['account', 'owner', ''],
    ['account', 'owner', 'x'.repeat(201)],
    ['account', 'currency', 'US'],
    ['account', 'currency', 840],
    ['deposit', 'reference', ['a']],
    ['deposit', 'release_at', '2026-02-30T12:00:00Z'],
    ['deposit', 'release_at', 1_800_000_000],
    ['withdrawal', 'reference', 'x'.repeat(141)],
    ['hold', 'expires_at', 'tomorrow'],
    ['hold', 'reference', ''],
    ['freeze', 'reason', ''],
    ['unfreeze', 'reason', 5],
    ['close', 'reason', 'x'.repeat(501)],
  ];
  it.each(wrong)('%s: %s is refused as %j', async (name, member, value) => {
    const refused = await send(name, { ...valid(name), [member]: value });
    expect(problemIn(refused)).toMatchObject({ status: 400, code: 'validation-failed' });
    expect(pointersIn(refused)).toEqual([`/${member}`]);
  });

  it('is needed, unless it is optional', async () => {
    for (const name of names.filter((each) => !routes[each]?.needsNothing)) {
      for (const member of Object.keys(valid(name))) {
        expect(pointersIn(await send(name, { ...valid(name), [member]: undefined, ...(name === 'bulk' && { atomic: false }) }))).toEqual([
          `/${member}`,
        ]);
      }
    }
  });

  it('is named, each that is wrong at once', async () => {
    const refused = await send('transfer', { from: 1, to: 2, amount: money(0, 'x'), surprise: true });
    expect(pointersIn(refused).sort()).toEqual(['/amount/amount', '/amount/currency', '/from', '/surprise', '/to']);
  });

  it('from and to must differ', async () => {
    expect(pointersIn(await send('transfer', { ...valid('transfer'), to: one.id }))).toEqual(['/to']);
  });
});

describe('paths', () => {
  const nowhere: ['payment' | 'wallet', string, string, string][] = [
    ['payment', 'GET', '/', 'not-found'],
    ['payment', 'GET', '/v1/nothing', 'not-found'],
    ['payment', 'POST', '/v1/transfers/', 'not-found'],
    ['payment', 'GET', '/v2/transfers', 'not-found'],
    ['payment', 'GET', '/v1/accounts/1001', 'not-found'],
    ['wallet', 'GET', '/v1/accounts/1001/nothing', 'not-found'],
    ['wallet', 'GET', '/v1/transfers', 'not-found'],
    ['wallet', 'GET', '/problems/no-such-problem', 'not-found'],
    ['payment', 'GET', '/v1/transfers/pay_00000000000000000000000000', 'transfer-not-found'],
    ['payment', 'GET', '/v1/transfers/1', 'transfer-not-found'],
    ['payment', 'GET', "/v1/transfers/pay_'%20or%201=1", 'transfer-not-found'],
    ['payment', 'GET', '/v1/transfers/acc_00000000000000000000000000', 'transfer-not-found'],
    ['payment', 'GET', '/v1/transfers/pay_0000000000000000000000000u', 'transfer-not-found'],
    ['payment', 'GET', '/v1/transfers/%00', 'transfer-not-found'],
    ['wallet', 'GET', '/v1/accounts/nobody', 'account-not-found'],
    ['wallet', 'GET', '/v1/accounts/nobody/balance', 'account-not-found'],
    ['wallet', 'GET', '/v1/accounts/%F0%9F%92%B8', 'account-not-found'],
    ['wallet', 'GET', '/v1/accounts/a%2Fb', 'account-not-found'],
    ['wallet', 'GET', '/v1/accounts/acc_00000000000000000000000000', 'account-not-found'],
    ['wallet', 'GET', '/v1/accounts/sys_cash_USD', 'account-not-found'],
    ['wallet', 'GET', '/v1/accounts/sys_cash_XXX/balance', 'account-not-found'],
    ['wallet', 'GET', '/v1/holds/1', 'hold-not-found'],
    ['wallet', 'GET', '/v1/holds/hold_00000000000000000000000000', 'hold-not-found'],
    ['wallet', 'GET', '/v1/holds/pay_00000000000000000000000000', 'hold-not-found'],
  ];
  it.each(nowhere)('%s %s %s is a 404: %s', async (service, method, path, code) => {
    expect(problemIn(await system.client(service).send(method, path, undefined))).toMatchObject({ status: 404, code });
  });

  it.each(['deposits', 'withdrawals', 'holds', 'freeze', 'unfreeze', 'close'])('POST /v1/accounts/nobody/%s is a 404', async (action) => {
    const body = action.endsWith('s') ? { amount: money() } : { reason: 'test' };
    expect(problemIn(await system.wallet.post(`/v1/accounts/nobody/${action}`, body))).toMatchObject({
      status: 404,
      code: 'account-not-found',
    });
  });

  it('that cannot be read are a 400, and those too long a 414', async () => {
    expect(problemIn(await system.wallet.get('/v1/accounts/%zz'))).toMatchObject({ status: 400, code: 'malformed-request' });
    expect(problemIn(await system.wallet.get(`/v1/accounts/${'x'.repeat(200)}`))).toMatchObject({ status: 414, code: 'uri-too-long' });
  });

  it('say which methods they allow', async () => {
    const refused = await system.payment.send('DELETE', '/v1/transfers', undefined);
    expect(refused.status).toBe(405);
    expect(refused.headers.allow?.split(', ').sort()).toEqual(['GET', 'HEAD', 'POST']);
    expect((await system.wallet.send('POST', `/v1/accounts/${one.id}/balance`, undefined)).headers.allow).toBe('GET, HEAD');
  });
});

describe('a query', () => {
  it.each([
    ['an unknown parameter', 'surprise=1', 'surprise'],
    ['what cannot be a transfer', 'refund_of=1', 'refund_of'],
    ['a parameter twice', 'status=FAILED&status=PENDING', 'status'],
    ['a parameter as a list', 'status[]=FAILED', 'status[]'],
    ['a state nobody has', 'status=DONE', 'status'],
    ['a state in small letters', 'status=failed', 'status'],
    ['an empty account', 'account=', 'account'],
    ['an account that cannot be one', 'account=a%20b', 'account'],
    ['an empty reference', 'reference=', 'reference'],
    ['a reference that is too long', `reference=${'x'.repeat(141)}`, 'reference'],
    ['a limit of 0', 'limit=0', 'limit'],
    ['a limit of 101', 'limit=101', 'limit'],
    ['a limit that is no number', 'limit=ten', 'limit'],
    ['a limit with a fraction', 'limit=1.5', 'limit'],
    ['a limit below zero', 'limit=-1', 'limit'],
    ['every object’s member', 'constructor=1', 'constructor'],
  ])('is refused with %s', async (_, query, pointer) => {
    const refused = await system.payment.get(`/v1/transfers?${query}`);
    expect(problemIn(refused)).toMatchObject({ status: 400, code: 'validation-failed' });
    expect(pointersIn(refused)).toEqual([pointer]);
  });

  it('is refused by routes that know none', async () => {
    for (const path of [`/v1/accounts/${one.id}`, `/v1/accounts/${one.id}/balance`]) {
      expect(pointersIn(await system.wallet.get(`${path}?a=1`))).toEqual(['a']);
    }
  });

  it('is refused with a zero byte, and finds nothing by bytes that are no UTF-8', async () => {
    for (const query of ['reference=%00', 'reference=a%00b', 'cursor=%00', 'account=%00', 'status=%00']) {
      expect(problemIn(await system.payment.get(`/v1/transfers?${query}`)).status).toBe(400);
    }
    expect(await system.payment.get('/v1/transfers?reference=%ff')).toMatchObject({ status: 200, body: { data: [] } });
  });
});
