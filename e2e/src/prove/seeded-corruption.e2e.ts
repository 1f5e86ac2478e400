import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { checkBooks } from '@falconpay/invariants/check-books';
import type { Report } from '@falconpay/invariants/report';
import { startSystem, type RunningSystem, type TestAccount } from '@falconpay/testing/running-system';
import { falconpay } from './falconpay-command.js';

type Service = 'payment' | 'wallet';

/** The transfer that is tampered with, one before and one after it on the same accounts, and one that was refused. */
interface Facts {
  readonly payer: TestAccount;
  readonly payee: TestAccount;
  readonly transfer: string;
  readonly refused: string;
  /** payment.created of the transfer. */
  readonly event: string;
  readonly entryOfPayer: string;
}

interface Corruption {
  readonly name: string;
  readonly in: Service;
  readonly sql: (facts: Facts) => string;
  readonly named: (facts: Facts) => readonly string[];
}

const chainBroken = (account: TestAccount): string[] => [
  `I4 account ${account.number}`,
  `I4 account ${account.number}`,
  `I12 account ${account.number}`,
];

const corruptions: readonly Corruption[] = [
  {
    name: 'a lost entry',
    in: 'wallet',
    sql: ({ entryOfPayer }) => `delete from entries where id = ${entryOfPayer}`,
    named: ({ transfer, payer }) => [`I1 currency USD`, `I1 transaction ${transfer}`, ...chainBroken(payer), `I8 transfer ${transfer}`],
  },
  {
    name: 'a doubled entry',
    in: 'wallet',
    sql: ({
      entryOfPayer,
    }) => `insert into entries (account_id, transaction_id, type, amount, currency, balance_after, account_version, created_at)
      select account_id, transaction_id, type, amount, currency, balance_after, account_version, created_at from entries where id = ${entryOfPayer}`,
    named: ({ transfer, payer }) => [`I1 currency USD`, `I1 transaction ${transfer}`, ...chainBroken(payer), `I6 transfer ${transfer}`],
  },
  {
    name: 'an entry in the wrong currency',
    in: 'wallet',
    sql: ({ entryOfPayer }) => `update entries set currency = 'OMR' where id = ${entryOfPayer}`,
    named: ({ transfer, entryOfPayer }) => [
      ...['I1 currency OMR', 'I1 currency USD', `I1 entry ${entryOfPayer}`],
      ...[`I1 transaction ${transfer}`, `I1 transaction ${transfer}`, `I6 transfer ${transfer}`],
    ],
  },
  {
    name: 'an edited balance',
    in: 'wallet',
    sql: ({ payer }) => `update accounts set posted = posted + 1 where id = '${payer.id}'`,
    named: ({ payer }) => ['I2 currency USD', 'I2 currency USD', `I4 account ${payer.number}`],
  },
  {
    name: 'an edited running balance',
    in: 'wallet',
    sql: ({ entryOfPayer }) => `update entries set balance_after = balance_after + 1 where id = ${entryOfPayer}`,
    named: ({ payer }) => [`I4 account ${payer.number}`],
  },
  {
    name: 'a transfer completed without legs',
    in: 'wallet',
    sql: ({ transfer }) => `delete from entries where transaction_id = '${transfer}'`,
    named: ({ transfer, payer, payee }) => [...chainBroken(payer), ...chainBroken(payee), `I8 transfer ${transfer}`],
  },
  {
    name: 'two effects of one payment, books otherwise in order',
    in: 'wallet',
    sql: ({ transfer, payer, payee }) => `
      insert into entries (account_id, transaction_id, type, amount, currency, balance_after, account_version, created_at)
        select e.account_id, e.transaction_id, e.type, e.amount, e.currency, a.posted + e.amount, a.version + 1, now()
        from entries e join accounts a on a.id = e.account_id where e.transaction_id = '${transfer}';
      update accounts a set posted = posted + e.amount, version = version + 1
        from (select distinct account_id, amount from entries where transaction_id = '${transfer}') e
        where a.id = e.account_id and a.id in ('${payer.id}', '${payee.id}')`,
    named: ({ transfer }) => [`I6 transfer ${transfer}`],
  },
  {
    name: 'a transfer failed though it is posted',
    in: 'payment',
    sql: ({ transfer }) => `update transfers set status = 'FAILED', failure_code = 'insufficient-funds' where id = '${transfer}'`,
    named: ({ transfer }) => [`I8 transfer ${transfer}`],
  },
  {
    name: 'a transfer completed though it was refused',
    in: 'payment',
    sql: ({ refused }) => `update transfers set status = 'COMPLETED', failure_code = null where id = '${refused}'`,
    named: ({ refused }) => [`I8 transfer ${refused}`],
  },
  {
    name: 'a transfer of another amount than was posted',
    in: 'payment',
    sql: ({ transfer }) => `update transfers set amount = amount + 1 where id = '${transfer}'`,
    named: ({ transfer }) => [`I6 transfer ${transfer}`],
  },
  {
    name: 'a missing transfer',
    in: 'payment',
    sql: ({ transfer }) => `delete from transfers where id = '${transfer}'`,
    named: ({ transfer }) => [`I13 transfer ${transfer}`, `I6 transfer ${transfer}`, `I8 transfer ${transfer}`, `I9 transfer ${transfer}`],
  },
  {
    name: 'a transfer that goes on for ever',
    in: 'payment',
    sql: ({ transfer }) =>
      `update transfers set status = 'PENDING', version = 1, created_at = created_at - interval '1 hour' where id = '${transfer}'`,
    named: ({ transfer }) => [`I8 transfer ${transfer}`],
  },
  {
    name: 'a missing outbox row',
    in: 'payment',
    sql: ({ event }) => `delete from outbox where id = '${event}'`,
    named: ({ event, transfer }) => [`I10 event ${event}`, `I9 event ${event}`, `I9 transfer ${transfer}`],
  },
  {
    name: 'an outbox row that says something else than its record',
    in: 'payment',
    sql: ({ event }) => `update outbox set payload = payload || ' '::bytea where id = '${event}'`,
    named: ({ event }) => [`I9 event ${event}`],
  },
  {
    name: 'a missing inbox row',
    in: 'wallet',
    sql: ({ event }) => `delete from inbox where event_id = '${event}'`,
    named: ({ event }) => [`I10 event ${event}`],
  },
  {
    name: 'an inbox row of an event that nobody sent',
    in: 'wallet',
    sql: () => `insert into inbox (event_id) values ('01990000-0000-7000-8000-000000000001')`,
    named: () => ['I10 event 01990000-0000-7000-8000-000000000001'],
  },
];

describe('books that were tampered with', () => {
  let system: RunningSystem;
  let facts: Facts;
  let acknowledged: string[];
  const copies: string[] = [];

  beforeAll(async () => {
    system = await startSystem({ name: 'corruption' });
    const [payer, payee] = await Promise.all([system.account('USD', 10_000), system.account('USD', 10_000)]);
    const send = async (amount: number): Promise<string> => (await system.transfer(payer.id, payee.number, amount)).id;
    const before = await send(100);
    const transfer = await send(200);
    const after = await send(300);
    const refused = await send(1_000_000);
    const bulk = await system.payment.post('/v1/transfers/bulk', {
      atomic: true,
      transfers: [1, 2, 3].map((amount) => ({ from: payee.id, to: payer.id, amount: { amount, currency: 'USD' } })),
    });
    const members = (bulk.body as { transfers: { id: string }[] }).transfers.map(({ id }) => id);
    await Promise.all(members.map((id) => system.ended(id)));
    acknowledged = [before, transfer, after, refused, ...members];
    const [event] = await system.sql<{ id: string }>('payment', `select id::text as id from outbox where aggregateid = $1`, [transfer]);
    const [entry] = await system.sql<{ id: bigint }>('wallet', `select id from entries where transaction_id = $1 and account_id = $2`, [
      transfer,
      payer.id,
    ]);
    facts = { payer, payee, transfer, refused, event: event?.id ?? '', entryOfPayer: String(entry?.id) };
  }, 120_000);
  afterAll(async () => {
    for (const copy of copies) await asAdmin('postgres', `drop database if exists ${copy} with (force)`);
    await system?.stop();
  });

  const urlOf = (service: Service): string => system.local.databaseUrls[service] ?? '';

  const check = (databaseUrls: Record<Service, string>): Promise<Report> =>
    checkBooks({
      databaseUrls,
      brokers: system.local.brokers.split(','),
      prefix: system.topics.prefix,
      acknowledged,
      waitForQuiescenceMs: 1,
    });

  it('are not those of a system at work', async () => {
    const working = Promise.all(Array.from({ length: 150 }, () => system.transfer(facts.payee.id, facts.payer.id, 1)));
    const reports: Report[] = [];
    for (let round = 0; round < 2; round += 1) {
      reports.push(
        await checkBooks({
          databaseUrls: { payment: urlOf('payment'), wallet: urlOf('wallet') },
          brokers: system.local.brokers.split(','),
          prefix: system.topics.prefix,
        }),
      );
    }
    await working;
    expect(reports.flatMap(({ violations }) => violations)).toEqual([]);
  }, 60_000);

  it('are not those of a system at rest', async () => {
    const report = await checkBooks({
      databaseUrls: { payment: urlOf('payment'), wallet: urlOf('wallet') },
      brokers: system.local.brokers.split(','),
      prefix: system.topics.prefix,
      acknowledged,
      waitForQuiescenceMs: 20_000,
    });
    expect(report).toMatchObject({ ok: true, quiescent: true, violations: [], deadLetters: { count: 0 } });
    expect(report.invariants.filter(({ checked }) => checked !== 'fully')).toEqual([]);
    expect(report.money).toEqual({ OMR: 10_000n, USD: 175_075n + 20_000n });
  }, 60_000);

  it('are told by `falconpay verify` from those that are right', async () => {
    const env = (wallet: string) => ({
      ...{ KAFKA_BROKERS: system.local.brokers, KAFKA_PREFIX: system.topics.prefix },
      ...{ PAYMENT_DATABASE_URL: urlOf('payment'), WALLET_DATABASE_URL: wallet },
    });
    const right = await falconpay(['verify'], env(urlOf('wallet')));
    expect(right).toMatchObject({ status: 0, errors: '' });
    expect(right.output).toMatch(/^I4 {3}ok /m);
    const copy = await copyOf('wallet');
    await asAdmin(
      new URL(copy).pathname.slice(1),
      `set session_replication_role = replica; update accounts set posted = posted + 1 where id = '${facts.payer.id}'`,
    );
    const wrong = await falconpay(['verify', '--wait', '0'], env(copy));
    expect(wrong).toMatchObject({ status: 1, errors: '' });
    expect(wrong.output).toMatch(new RegExp(`^I4 {3}1 VIOLATED .*\\n {7}account ${facts.payer.number}: stored balance`, 'm'));
    const asJson = await falconpay(['verify', '--json'], env(copy));
    expect(JSON.parse(asJson.output)).toMatchObject({
      ok: false,
      violations: expect.arrayContaining([expect.objectContaining({ invariant: 'I4' })]),
    });
    expect(await falconpay(['verify', '--wait', 'long'], env(copy))).toMatchObject({ status: 2, output: '' });
  }, 60_000);

  describe.each(corruptions)('$name', (corruption) => {
    it('is named, and nothing else', async () => {
      for (const service of ['payment', 'wallet']) await system.local.stopProcess(service);
      const copy = await copyOf(corruption.in);
      await asAdmin(new URL(copy).pathname.slice(1), `set session_replication_role = replica; ${corruption.sql(facts)}`);
      const report = await check({ payment: urlOf('payment'), wallet: urlOf('wallet'), [corruption.in]: copy });
      const named = report.violations.map(({ invariant, subject }) => `${invariant} ${subject}`).sort();
      expect(named).toEqual([...corruption.named(facts)].sort());
      expect(report.ok).toBe(false);
    }, 60_000);
  });

  it('an event on a topic that no outbox has is named', async () => {
    for (const service of ['payment', 'wallet']) await system.local.stopProcess(service);
    const id = randomUUID();
    await system.produce('payment.created', {
      key: 'pay_x',
      value: '{}',
      headers: { ce_id: id, ce_type: 'com.falconpay.payment.created.v1' },
    });
    const report = await check({ payment: urlOf('payment'), wallet: urlOf('wallet') });
    expect(report.violations.map(({ invariant, subject }) => `${invariant} ${subject}`)).toEqual([`I9 event ${id}`]);
    expect(report).toMatchObject({ quiescent: false, pending: ['1 events that wallet has not taken in'] });
  }, 60_000);

  /** A database like the service's own, to be spoilt. */
  async function copyOf(service: Service): Promise<string> {
    const url = new URL(urlOf(service));
    const original = pg.escapeIdentifier(url.pathname.slice(1));
    const copy = `spoilt_${randomUUID().replaceAll('-', '')}`;
    await asAdmin(
      'postgres',
      `select pg_terminate_backend(pid) from pg_stat_activity where datname = ${pg.escapeLiteral(url.pathname.slice(1))}`,
    );
    await asAdmin('postgres', `create database ${copy} template ${original} owner ${pg.escapeIdentifier(url.username)}`);
    copies.push(copy);
    url.pathname = `/${copy}`;
    return url.href;
  }
});

async function asAdmin(database: string, sql: string): Promise<void> {
  const url = new URL(process.env['FALCONPAY_TEST_POSTGRES_URL'] ?? '');
  url.pathname = `/${database}`;
  const admin = new pg.Client({ connectionString: url.href });
  await admin.connect();
  try {
    await admin.query(sql);
  } finally {
    await admin.end();
  }
}
