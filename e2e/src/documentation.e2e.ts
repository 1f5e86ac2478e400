import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { PROBLEM_TYPES } from '@falconpay/http/problem-types';
import { startSystem, type RunningSystem } from '@falconpay/testing/running-system';
import { Bank, type Payout } from './bank.js';
import { CashMachine } from './cash-machine.js';
import { usd } from './partner.js';
import { Institution, type Redemption } from './institution.js';
import { expectDocumented, type OpenApi } from './open-api.js';

let system: RunningSystem;
beforeAll(async () => {
  system = await startSystem({ name: 'documentation' });
});
afterAll(() => system?.stop());

const services = ['payment', 'wallet', 'atm-gateway'] as const;
/** The table of routes, as published (`{account}` is an id or a number). */
const routes: Record<(typeof services)[number], string[]> = {
  payment: [
    'GET /v1/transfers',
    'POST /v1/transfers',
    'POST /v1/transfers/bulk',
    'GET /v1/transfers/{id}',
    'POST /v1/transfers/{id}/refunds',
  ],
  wallet: [
    'POST /v1/accounts',
    'GET /v1/accounts/{account}',
    'GET /v1/accounts/{account}/balance',
    'GET /v1/accounts/{account}/transactions',
    'POST /v1/accounts/{account}/deposits',
    'POST /v1/accounts/{account}/withdrawals',
    'POST /v1/accounts/{account}/holds',
    'POST /v1/accounts/{account}/freeze',
    'POST /v1/accounts/{account}/unfreeze',
    'POST /v1/accounts/{account}/close',
    'GET /v1/accounts/{account}/limits',
    'PUT /v1/accounts/{account}/limits',
    'GET /v1/clients/{client}/limits',
    'PUT /v1/clients/{client}/limits',
    'GET /v1/holds/{id}',
    'POST /v1/holds/{id}/capture',
    'POST /v1/holds/{id}/release',
  ],
  'atm-gateway': [
    'POST /v1/withdrawals',
    'GET /v1/withdrawals',
    'GET /v1/withdrawals/{id}',
    'POST /v1/withdrawals/{id}/resolution',
    'GET /v1/atms',
    'PUT /v1/atms/{id}',
    'PUT /v1/atms/{id}/reconciliations/{date}',
    'POST /v1/payouts',
    'GET /v1/payouts',
    'GET /v1/payouts/{id}',
    'POST /v1/payouts/{id}/resolution',
    'GET /v1/banks',
    'PUT /v1/banks/{id}',
    'PUT /v1/banks/{id}/reconciliations/{date}',
    'POST /v1/redemptions',
    'GET /v1/redemptions',
    'GET /v1/redemptions/{id}',
    'GET /v1/institutions',
    'PUT /v1/institutions/{id}',
    'PUT /v1/institutions/{id}/reconciliations/{date}',
    'GET /v1/reconciliations',
    'GET /v1/breaks',
  ],
};
const operational = ['POST /v1/inbox/lookup', 'GET /health/live', 'GET /health/ready', 'GET /metrics'];

const documentOf = async (service: string): Promise<OpenApi> => (await system.client(service).get('/openapi.json')).body as OpenApi;

describe.each(services)('%s', (service) => {
  const get = (path: string) => system.client(service).get(path);

  it('shows its documentation as a page, with everything the page loads', async () => {
    const page = await get('/docs');
    expect(page).toMatchObject({ status: 200, headers: { 'content-type': 'text/html; charset=utf-8' } });
    expect(page.text).toMatch(/^<!doctype html>/i);
    const loaded = [...page.text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path]) => path as string);
    expect(loaded.length).toBeGreaterThanOrEqual(3);
    for (const path of loaded) expect({ path, status: (await get(path)).status }).toEqual({ path, status: 200 });
  });

  it('describes exactly the routes it has', async () => {
    const document = await documentOf(service);
    expect(document).toMatchObject({
      openapi: '3.1.0',
      info: { title: `FalconPay ${service}`, version: expect.stringMatching(/^\d+\.\d+\.\d+$/) },
    });
    const described = Object.entries(document.paths).flatMap(([path, operations]) =>
      Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(described.sort()).toEqual([...routes[service], ...operational].sort());
    for (const route of described) {
      const [method = '', path = ''] = route.split(' ');
      const concrete = path
        .replace('{id}', 'pay_00000000000000000000000000')
        .replace(/\{(account|client)\}/, 'nobody')
        .replace('{date}', '2026-11-20');
      const reply = await system
        .client(service)
        .send(method, concrete, method === 'GET' ? undefined : '{}', { 'content-type': 'application/json' });
      // There is a route: it may refuse what it is asked, and not the asking.
      expect({ route, known: reply.status !== 405 && reply.body?.code !== 'not-found' }).toEqual({ route, known: true });
    }
  });

  it('has a document whose every reference leads somewhere, and whose every schema can be compiled', async () => {
    const document = await documentOf(service);
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map(([, reference]) => reference as string);
    for (const reference of references) {
      const found = reference
        .split('/')
        .slice(1)
        .reduce<unknown>((at, part) => (at as Record<string, unknown> | undefined)?.[part], document);
      expect({ reference, found: found !== undefined }).toEqual({ reference, found: true });
    }
    for (const [path, operations] of Object.entries(document.paths)) {
      for (const [method, { summary, parameters = [], requestBody, responses }] of Object.entries(operations)) {
        expect({ path, method, summary: summary !== undefined && summary !== '' }).toEqual({ path, method, summary: true });
        const names = [...path.matchAll(/{([^}]+)}/g)].map(([, name]) => name);
        expect(parameters.filter((parameter) => parameter.in === 'path').map(({ name }) => name)).toEqual(names);
        const contents = [requestBody?.content, ...Object.values(responses).map(({ content }) => content)];
        for (const { schema } of contents.flatMap((content) => Object.values(content ?? {}))) {
          const ajv = addFormats.default(new Ajv({ strict: false }));
          expect(() => ajv.compile({ ...schema, components: document.components })).not.toThrow();
        }
      }
    }
  });

  it('says where an Idempotency-Key is needed, and that is where it is', async () => {
    const document = await documentOf(service);
    for (const route of routes[service].filter((each) => each.startsWith('POST'))) {
      const path = route.slice('POST '.length);
      const header = document.paths[path]?.['post']?.parameters?.find(({ name }) => name.toLowerCase() === 'idempotency-key');
      expect({ route, required: header?.required }).toEqual({
        route,
        required: /transfers|deposits|withdrawals|holds|payouts|redemptions/.test(route),
      });
    }
  });

  it('has a page for every problem', async () => {
    const index = await get('/problems');
    expect(index.status).toBe(200);
    for (const [code, { title, status }] of Object.entries(PROBLEM_TYPES)) {
      const page = await get(`/problems/${code}`);
      expect({ code, status: page.status, type: page.headers['content-type'] }).toEqual({
        code,
        status: 200,
        type: 'text/html; charset=utf-8',
      });
      expect(page.text).toContain(`${status}: ${title.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`)}`);
      expect(index.text).toContain(`href="/problems/${code}"`);
    }
  });

  it('is alive and ready', async () => {
    expect(await get('/health/live')).toMatchObject({ status: 200, body: { status: 'ok' } });
    await system.eventually('it consumes', async () => (await get('/health/ready')).body.status === 'ok');
    expect(await get('/health/ready')).toMatchObject({ status: 200, body: { status: 'ok', checks: { database: 'ok', kafka: 'ok' } } });
  });

  it('shows its metrics in Prometheus’ format', async () => {
    const [from, to] = await Promise.all([system.account('USD', 10), system.account()]);
    await system.transfer(from.id, to.id, 10);
    if (service === 'atm-gateway') await (await CashMachine.install(system)).withdraw(from.id, 100, 'REFUSED');
    const metrics = await get('/metrics');
    expect(metrics).toMatchObject({ status: 200, headers: { 'content-type': expect.stringMatching(/^text\/plain; version=/) } });
    const sample =
      /^[a-zA-Z_:][a-zA-Z0-9_:]*(\{[a-zA-Z_]\w*="(?:[^"\\]|\\.)*"(,[a-zA-Z_]\w*="(?:[^"\\]|\\.)*")*,?\})? (-?\d+(\.\d+)?(e[+-]?\d+)?|[+-]Inf|NaN)$/;
    const lines = metrics.text.split('\n').filter((line) => line !== '');
    expect(lines.filter((line) => !line.startsWith('# ') && !sample.test(line))).toEqual([]);
    const families = new Set(lines.flatMap((line) => /^# TYPE (\S+)/.exec(line)?.[1] ?? []));
    const expected = [
      'http_request_duration_seconds',
      'pipeline_batch_size',
      'outbox_pending',
      'outbox_oldest_pending_seconds',
      'idempotency_total',
      'consumer_lag_records',
    ];
    const ofPayment = ['payments_finished_total', 'sagas_open', 'saga_oldest_open_seconds', 'saga_duration_seconds'];
    for (const name of service === 'payment' ? [...expected, ...ofPayment] : expected) expect([...families]).toContain(`falconpay_${name}`);
    // No ids in labels: the number of series must not grow with use.
    expect(metrics.text).not.toMatch(/(acc|pay|dep|blk)_[0-9a-hjkmnp-tv-z]{26}/);
    if (service === 'payment') expect(metrics.text).toMatch(/falconpay_payments_finished_total\{[^}]*outcome="completed"[^}]*\} [1-9]/);
    if (service === 'wallet') expect(metrics.text).toContain('falconpay_ledger_imbalance_minor_units{currency="USD"} 0');
  });
});

describe('what is answered is what is documented', () => {
  it('for payment', async () => {
    const document = await documentOf('payment');
    const [from, to] = await Promise.all([system.account('USD', 10), system.account()]);
    const order = {
      from: from.id,
      to: to.id,
      amount: { amount: 4, currency: 'USD' },
      reference: 'r',
      description: 'd',
      metadata: { a: 'b' },
      client_reference: 'documented',
    };
    const post = 'POST /v1/transfers';
    const accepted = await system.payment.post('/v1/transfers', order, { key: 'documented' });
    expectDocumented(document, post, accepted);
    expectDocumented(
      document,
      post,
      await system.payment.post('/v1/transfers', { ...order, client_reference: 'other' }, { headers: { prefer: 'wait=10' } }),
    );
    expectDocumented(document, post, await system.payment.post('/v1/transfers', {}));
    expectDocumented(document, post, await system.payment.post('/v1/transfers', order, { key: null }));
    expectDocumented(document, post, await system.payment.post('/v1/transfers', order));
    expectDocumented(document, post, await system.payment.post('/v1/transfers', { ...order, reference: 'x' }, { key: 'documented' }));
    expectDocumented(document, post, await system.payment.post('/v1/transfers', 'x'.repeat(70_000)));
    expectDocumented(document, post, await system.payment.post('/v1/transfers', 'x', { headers: { 'content-type': 'text/plain' } }));
    await system.ended(accepted.body.id);
    const failed = await system.transfer(from.id, to.id, 1_000);
    for (const id of [accepted.body.id, failed.id, 'nobody'])
      expectDocumented(document, 'GET /v1/transfers/{id}', await system.payment.get(`/v1/transfers/${id}`));
    for (const query of ['', '?limit=1', '?cursor=x', '?limit=x'])
      expectDocumented(document, 'GET /v1/transfers', await system.payment.get(`/v1/transfers${query}`));
    const refunds = 'POST /v1/transfers/{id}/refunds';
    const refund = (id: string, body: object, headers = {}) => system.payment.post(`/v1/transfers/${id}/refunds`, body, { headers });
    await system.ended(accepted.body.id);
    expectDocumented(document, refunds, await refund(accepted.body.id, { amount: { amount: 1, currency: 'USD' }, reason: 'r' }));
    expectDocumented(document, refunds, await refund(accepted.body.id, {}, { prefer: 'wait=10' }));
    expectDocumented(document, refunds, await refund(accepted.body.id, {}));
    expectDocumented(document, refunds, await refund(accepted.body.id, { amount: { amount: 1, currency: 'OMR' } }));
    expectDocumented(document, refunds, await refund('pay_00000000000000000000000000', {}));
    expectDocumented(document, refunds, await refund(accepted.body.id, { surprise: 1 }));
    expectDocumented(document, 'GET /v1/transfers/{id}', await system.payment.get(`/v1/transfers/${accepted.body.id}`));
    const bulk = 'POST /v1/transfers/bulk';
    expectDocumented(document, bulk, await system.payment.post('/v1/transfers/bulk', { transfers: [order, {}] }));
    expectDocumented(document, bulk, await system.payment.post('/v1/transfers/bulk', { transfers: [order], atomic: true }));
    expectDocumented(document, bulk, await system.payment.post('/v1/transfers/bulk', { transfers: [{}], atomic: true }));
  });

  it('for the wallet', async () => {
    const document = await documentOf('wallet');
    const opened = await system.wallet.post('/v1/accounts', { number: 'documented', owner: 'a', currency: 'USD' });
    expectDocumented(document, 'POST /v1/accounts', opened);
    expectDocumented(
      document,
      'POST /v1/accounts',
      await system.wallet.post('/v1/accounts', { number: 'documented', owner: 'a', currency: 'USD' }),
    );
    expectDocumented(document, 'POST /v1/accounts', await system.wallet.post('/v1/accounts', {}));
    for (const key of [opened.body.id, 'nobody']) {
      expectDocumented(document, 'GET /v1/accounts/{account}', await system.wallet.get(`/v1/accounts/${key}`));
      expectDocumented(document, 'GET /v1/accounts/{account}/balance', await system.wallet.get(`/v1/accounts/${key}/balance`));
      for (const amount of [
        { amount: 1, currency: 'USD' },
        { amount: 0, currency: 'USD' },
        { amount: 1, currency: 'OMR' },
      ]) {
        expectDocumented(
          document,
          'POST /v1/accounts/{account}/deposits',
          await system.wallet.post(`/v1/accounts/${key}/deposits`, { amount, reference: 'r' }),
        );
      }
      for (const query of ['', '?limit=1', '?cursor=x', '?type=gift', '?format=csv&limit=1'])
        expectDocumented(
          document,
          'GET /v1/accounts/{account}/transactions',
          await system.wallet.get(`/v1/accounts/${key}/transactions${query}`),
        );
      expect(document.paths['/v1/accounts/{account}/transactions']?.['get']?.responses['200']?.content).toMatchObject({
        'text/csv': {},
        'application/jsonl': {},
      });
      for (const action of ['freeze', 'unfreeze']) {
        for (const body of [{ reason: 'r' }, {}]) {
          expectDocumented(
            document,
            `POST /v1/accounts/{account}/${action}`,
            await system.wallet.post(`/v1/accounts/${key}/${action}`, body),
          );
        }
      }
    }
  });

  it('for limits', async () => {
    const document = await documentOf('wallet');
    const { id } = await system.account('USD', 1_000);
    const [most, inOmr] = [usd(500), { amount: 1, currency: 'OMR' }];
    const ofBoth = { currencies: ['USD'], velocity: { count: 3, window_seconds: 60 } };
    const ofClient = { ...ofBoth, per_day: [most, inOmr], per_transaction: [most] };
    const whose = {
      account: [{ ...ofBoth, per_day: most, per_transaction: most }, {}, { per_day: inOmr }, { surprise: 1 }],
      client: [{ ...ofClient, new_account: { younger_than_seconds: 60, per_transaction: [most] } }, {}, { per_day: most }],
    };
    for (const [of, key] of [['account', id] as const, ['account', 'nobody'] as const, ['client', 'documented'] as const])
      for (const limits of whose[of]) {
        const [route, path] = [`{${of}}`, key].map((name) => `/v1/${of}s/${name}/limits`);
        const set = await system.wallet.send('PUT', path ?? '', JSON.stringify(limits), { 'content-type': 'application/json' });
        expectDocumented(document, `PUT ${route}`, set);
        if (set.status === 200 && of === 'account') await system.wallet.post(`/v1/accounts/${key}/withdrawals`, { amount: usd(10) });
        expectDocumented(document, `GET ${route}`, await system.wallet.get(path ?? ''));
      }
  });

  it('for the gateway', async () => {
    const document = await documentOf('atm-gateway');
    const [machine, { id: account }] = await Promise.all([CashMachine.install(system), system.account('USD', 10_000)]);
    await machine.behave('success', 'refuse', 'retract_uncounted');
    const order = { account, amount: usd(1_000), atm_id: machine.id };
    const post = (body: object, options = {}) => system.gateway.post('/v1/withdrawals', body, options);
    expectDocumented(document, 'POST /v1/withdrawals', await post(order, { headers: { prefer: 'wait=10' } }));
    const refused = await post(order);
    expectDocumented(document, 'POST /v1/withdrawals', refused);
    // The next one is treated otherwise: it must not come to the machine before this one.
    await machine.until(refused.body.id, 'REFUNDED');
    for (const wrong of [
      {},
      { ...order, atm_id: 'nowhere' },
      { ...order, amount: usd(10) },
      { ...order, amount: { amount: 1, currency: 'OMR' } },
    ])
      expectDocumented(document, 'POST /v1/withdrawals', await post(wrong));
    const { id } = await machine.withdraw(account, 1_000, 'MANUAL_REVIEW');
    for (const each of [id, 'nobody']) {
      expectDocumented(document, 'GET /v1/withdrawals/{id}', await system.gateway.get(`/v1/withdrawals/${each}`));
      for (const body of [{ outcome: 'dispensed', reason: 'r' }, { outcome: 'dispensed', reason: 'r' }, {}])
        expectDocumented(
          document,
          'POST /v1/withdrawals/{id}/resolution',
          await system.gateway.post(`/v1/withdrawals/${each}/resolution`, body),
        );
    }
    const reconciliations = `/v1/atms/${machine.id}/reconciliations`;
    for (const date of [new Date().toISOString().slice(0, 10), '2020-01-01', 'yesterday'])
      expectDocumented(
        document,
        'PUT /v1/atms/{id}/reconciliations/{date}',
        await system.gateway.send('PUT', `${reconciliations}/${date}`, ''),
      );
    for (const name of ['withdrawals', 'atms', 'payouts', 'banks', 'redemptions', 'institutions', 'reconciliations', 'breaks'])
      for (const query of ['', '?limit=1', '?cursor=x', '?limit=x'])
        expectDocumented(document, `GET /v1/${name}`, await system.gateway.get(`/v1/${name}${query}`));
  });

  it('for payouts and redemptions', async () => {
    const document = await documentOf('atm-gateway');
    const [bank, institution, { id: account }] = await Promise.all([
      Bank.open(system),
      Institution.join(system),
      system.account('USD', 10_000),
    ]);
    const paid = await bank.request(account, 100, { bic: 'DEUTDEFF', reference: 'r' }, { headers: { prefer: 'wait=10' } });
    for (const reply of [paid, await bank.request(account, 100), await bank.request(account, 100, { iban: 'x' })])
      expectDocumented(document, 'POST /v1/payouts', reply);
    expectDocumented(document, 'POST /v1/payouts', await bank.request(account, 100, { bank: 'nowhere' }));
    for (const each of [(paid.body as Payout).id, 'nobody']) {
      expectDocumented(document, 'GET /v1/payouts/{id}', await system.gateway.get(`/v1/payouts/${each}`));
      const resolution = `/v1/payouts/${each}/resolution`;
      for (const body of [{ outcome: 'paid', reason: 'r' }, {}])
        expectDocumented(document, 'POST /v1/payouts/{id}/resolution', await system.gateway.post(resolution, body));
    }
    await institution.behave('success', 'refuse', 'error_after_act');
    for (let times = 0; times < 3; times += 1) {
      const ended = await institution.request(account, 100, {}, { headers: { prefer: 'wait=10' } });
      expectDocumented(document, 'POST /v1/redemptions', ended);
      expectDocumented(document, 'GET /v1/redemptions/{id}', await system.gateway.get(`/v1/redemptions/${(ended.body as Redemption).id}`));
    }
    expectDocumented(document, 'POST /v1/redemptions', await institution.request(account, 100, { institution: 'nowhere' }));
    expectDocumented(document, 'POST /v1/redemptions', await institution.request(account, 100, { card: {} }));
    expectDocumented(document, 'GET /v1/redemptions/{id}', await system.gateway.get('/v1/redemptions/nobody'));
    const json = { 'content-type': 'application/json' };
    for (const [kind, id] of [
      ['banks', bank.id],
      ['institutions', institution.id],
    ]) {
      for (const body of ['{"url":"http://127.0.0.1:9/x"}', '{}'])
        expectDocumented(document, `PUT /v1/${kind}/{id}`, await system.gateway.send('PUT', `/v1/${kind}/documented`, body, json));
      for (const path of [`${id}/reconciliations/2020-01-01`, `${id}/reconciliations/yesterday`, 'nowhere/reconciliations/2020-01-01'])
        expectDocumented(
          document,
          `PUT /v1/${kind}/{id}/reconciliations/{date}`,
          await system.gateway.send('PUT', `/v1/${kind}/${path}`, ''),
        );
    }
  });
});
