import { randomUUID } from 'node:crypto';
import { checkBooks } from '@falconpay/invariants/check-books';
import type { Report } from '@falconpay/invariants/report';
import { startSystem, type RunningSystem, type TestAccount } from '@falconpay/testing/running-system';
import { falconpay } from './falconpay-command.js';
import { limitCorruptions, limitedAccount, type LimitFacts } from './limit-corruptions.js';
import { refundCorruptions, refundsBetween, type RefundFacts } from './refund-corruptions.js';
import { SpoiltCopies } from './spoilt-copies.js';

import { databaseUrlsOf, services, type Service } from '@falconpay/invariants/under-way';

/** The transfer that is tampered with, one before and one after it on the same accounts, and one that was refused. */
interface Facts extends RefundFacts, LimitFacts {
  readonly payer: TestAccount;
  readonly payee: TestAccount;
  /** payment.created of the transfer. */
  readonly event: string;
  readonly entryOfPayer: string;
  /** Has an active hold, one that was captured in part, and a deposit that is released in a year. */
  readonly holder: TestAccount;
  readonly activeHold: string;
  readonly capturedHold: string;
  readonly releasedHold: string;
  readonly deposit: string;
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
  ...refundCorruptions,
  ...limitCorruptions,
  {
    name: 'a transfer that goes on for ever',
    in: 'payment',
    // Not into yesterday: of a day whose outbox has no partition the checker knows that it has gone.
    sql: ({ transfer }) =>
      `update transfers set status = 'PENDING', version = 1,
        created_at = greatest(created_at - interval '1 hour', date_trunc('day', now(), 'UTC')) where id = '${transfer}'`,
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
    name: 'an orphan hold',
    in: 'wallet',
    sql: ({ holder }) => `
      insert into holds select 'hold_orphan', account_id, 1, currency, 'ACTIVE', 0, counter_account, null, 'saga', null, 0, now(), now(), null
        from holds where account_id = '${holder.id}' limit 1`,
    named: ({ holder }) => [
      ...['I11 order hold_orphan', `I12 account ${holder.number}`, `I3 account ${holder.number}`, 'I9 hold hold_orphan'],
    ],
  },
  {
    name: 'a saga’s hold that the clock may end',
    in: 'wallet',
    sql: ({ activeHold }) => `update holds set source = 'payout', expires_at = now() + interval '1 day' where id = '${activeHold}'`,
    named: ({ activeHold: id }) => [`I5 hold ${id}`, `I11 order ${id}`, `I6 effect ${id}`, `I9 hold ${id}`],
  },
  {
    name: 'a hold that was given back, and is still set apart',
    in: 'wallet',
    sql: ({ activeHold, holder }) => `
      update holds set status = 'RELEASED', version = 1, ended_at = now() where id = '${activeHold}';
      update accounts set version = version + 1 where id = '${holder.id}'`,
    named: ({ holder }) => [`I3 account ${holder.number}`],
  },
  {
    name: 'a hold captured with more than was posted',
    in: 'wallet',
    sql: ({ capturedHold }) => `update holds set captured = captured + 1 where id = '${capturedHold}'`,
    named: ({ capturedHold }) => [`I5 hold ${capturedHold}`],
  },
  {
    name: 'a hold that ended twice: given back, and captured all the same',
    in: 'wallet',
    sql: ({ capturedHold, holder }) => `
      update holds set status = 'RELEASED', captured = 0 where id = '${capturedHold}';
      update accounts set version = version + 1 where id = '${holder.id}'`,
    named: ({ capturedHold }) => [`I5 hold ${capturedHold}`],
  },
  {
    name: 'a hold that is over and has no end',
    in: 'wallet',
    sql: ({ releasedHold }) => `
      alter table holds drop constraint holds_ended;
      update holds set ended_at = null where id = '${releasedHold}'`,
    named: ({ releasedHold }) => [`I5 hold ${releasedHold}`],
  },
  {
    name: 'a captured hold that is gone',
    in: 'wallet',
    sql: ({ capturedHold }) => `delete from holds where id = '${capturedHold}'`,
    named: ({ capturedHold, holder }) => [`I12 account ${holder.number}`, `I5 hold ${capturedHold}`, `I6 effect ${capturedHold}`],
  },
  {
    name: 'a release that is gone',
    in: 'wallet',
    sql: ({ deposit }) => `delete from releases where deposit_id = '${deposit}'`,
    named: ({ holder }) => [`I3 account ${holder.number}`],
  },
  {
    name: 'a release of more than was deposited',
    in: 'wallet',
    sql: ({ deposit, holder }) => `
      update releases set amount = amount + 1 where deposit_id = '${deposit}';
      update accounts set unreleased = unreleased + 1 where id = '${holder.id}'`,
    named: ({ deposit }) => [`I4 release of ${deposit}`],
  },
  {
    name: 'money that was spent before its release',
    in: 'wallet',
    sql: ({ holder }) => `update accounts set unreleased = unreleased - 1 where id = '${holder.id}'`,
    named: ({ holder }) => [`I3 account ${holder.number}`],
  },
  {
    name: 'an inbox row of an event that nobody sent',
    in: 'wallet',
    sql: () => `insert into inbox (event_id) values ('01990000-0000-7000-8000-000000000001')`,
    named: () => ['I10 event 01990000-0000-7000-8000-000000000001'],
  },
  {
    name: 'an event that waits in a line, and has had its effect',
    in: 'wallet',
    sql: ({ event }) => `
      with line as (insert into blocked_lines (id, version, topic, state, due_at, attempts, blocked_at, replay_count, record_partition, record_offset, record_timestamp)
        values (gen_random_uuid(), 1, 'payment.created', 'retrying', 'infinity', 0, now(), 0, 0, '0', '0') returning id)
      insert into held_events (event_id, line, record) select '${event}', id, '{}' from line`,
    named: ({ event }) => [`I10 event ${event}`],
  },
  {
    name: 'an event that waits behind nobody, and has had its effect',
    in: 'wallet',
    sql: ({ event }) => `insert into held_events (event_id, line, record) values ('${event}', gen_random_uuid(), '{}')`,
    named: ({ event }) => [`I10 event ${event}`, `I10 event ${event}`],
  },
];

describe('books that were tampered with', () => {
  let system: RunningSystem;
  let facts: Facts;
  let acknowledged: string[];
  const copies = new SpoiltCopies();

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
    const refunds = await refundsBetween(system, payer, payee);
    acknowledged = [before, transfer, after, refused, ...Object.values(refunds), ...members];
    const [event] = await system.sql<{ id: string }>('payment', `select id::text as id from outbox where aggregateid = $1`, [transfer]);
    const [entry] = await system.sql<{ id: bigint }>('wallet', `select id from entries where transaction_id = $1 and account_id = $2`, [
      transfer,
      payer.id,
    ]);
    const holds = await holdsAndReleases();
    facts = {
      payer,
      payee,
      transfer,
      refused,
      event: event?.id ?? '',
      entryOfPayer: String(entry?.id),
      ...refunds,
      ...holds,
      limited: await limitedAccount(system),
    };
  });
  afterAll(async () => {
    await copies.drop();
    await system?.stop();
  });

  async function holdsAndReleases() {
    const holder = await system.account('USD', 1_000);
    const post = async (path: string, body: object): Promise<string> => ((await system.wallet.post(path, body)).body as { id: string }).id;
    const usd = (amount: number) => ({ amount, currency: 'USD' });
    const hold = (amount: number) => post(`/v1/accounts/${holder.id}/holds`, { amount: usd(amount) });
    const [activeHold, capturedHold, releasedHold] = [await hold(100), await hold(200), await hold(300)];
    await post(`/v1/holds/${capturedHold}/capture`, { amount: usd(150) });
    await post(`/v1/holds/${releasedHold}/release`, {});
    await post(`/v1/accounts/${holder.id}/withdrawals`, { amount: usd(50) });
    for (const word of ['freeze', 'unfreeze']) await post(`/v1/accounts/${holder.id}/${word}`, { reason: 'test' });
    const release_at = new Date(Date.now() + 365 * 86_400_000).toISOString();
    const deposit = await post(`/v1/accounts/${holder.id}/deposits`, { amount: usd(70), release_at });
    return { holder, activeHold, capturedHold, releasedHold, deposit };
  }

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
          databaseUrls: databaseUrlsOf(system.local.databaseUrls),
          brokers: system.local.brokers.split(','),
          prefix: system.topics.prefix,
        }),
      );
    }
    await working;
    expect(reports.flatMap(({ violations }) => violations)).toEqual([]);
  });

  it('are not those of a system at rest', async () => {
    const report = await checkBooks({
      databaseUrls: databaseUrlsOf(system.local.databaseUrls),
      brokers: system.local.brokers.split(','),
      prefix: system.topics.prefix,
      acknowledged,
      waitForQuiescenceMs: 60_000,
    });
    expect(report).toMatchObject({ ok: true, quiescent: true, violations: [], deadLetters: { count: 0 } });
    expect(report.invariants.filter(({ checked }) => checked !== 'fully')).toEqual([]);
    expect(report.money).toEqual({ OMR: 10_000n, USD: 175_075n + 20_000n + 1_000n - 150n - 50n + 70n + 1_000n - 75n });
  });

  it('are told by `falconpay verify` from those that are right', async () => {
    const env = (wallet: string) => ({
      ...{ KAFKA_BROKERS: system.local.brokers, KAFKA_PREFIX: system.topics.prefix },
      ...{ PAYMENT_DATABASE_URL: urlOf('payment'), ATM_GATEWAY_DATABASE_URL: urlOf('atm-gateway'), WALLET_DATABASE_URL: wallet },
    });
    const right = await falconpay(['verify'], env(urlOf('wallet')));
    expect(right).toMatchObject({ status: 0, errors: '' });
    expect(right.output).toMatch(/^I4 {3}ok /m);
    // A database that somebody connects to again and again is not copied.
    await Promise.all(services.map((service) => system.stopService(service)));
    const copy = await copies.of(urlOf('wallet'));
    await copies.spoil(copy, `update accounts set posted = posted + 1 where id = '${facts.payer.id}'`);
    const wrong = await falconpay(['verify', '--wait', '0'], env(copy));
    expect(wrong).toMatchObject({ status: 1, errors: '' });
    expect(wrong.output).toMatch(new RegExp(`^I4 {3}1 VIOLATED .*\\n {7}account ${facts.payer.number}: stored balance`, 'm'));
    const asJson = await falconpay(['verify', '--json'], env(copy));
    expect(JSON.parse(asJson.output)).toMatchObject({
      ok: false,
      violations: expect.arrayContaining([expect.objectContaining({ invariant: 'I4' })]),
    });
    expect(await falconpay(['verify', '--wait', 'long'], env(copy))).toMatchObject({ status: 2, output: '' });
  });

  describe.each(corruptions)('$name', (corruption) => {
    it('is named, and nothing else', async () => {
      for (const service of services) await system.local.stopProcess(service);
      const copy = await copies.of(urlOf(corruption.in));
      await copies.spoil(copy, corruption.sql(facts));
      const report = await check({ ...databaseUrlsOf(system.local.databaseUrls), [corruption.in]: copy });
      const named = report.violations.map(({ invariant, subject }) => `${invariant} ${subject}`).sort();
      expect(named).toEqual([...corruption.named(facts)].sort());
      expect(report.ok).toBe(false);
    });
  });

  it('an event on a topic that no outbox has is named', async () => {
    for (const service of services) await system.local.stopProcess(service);
    const id = randomUUID();
    await system.produce('payment.created', {
      key: 'pay_x',
      value: '{}',
      headers: { ce_id: id, ce_type: 'com.falconpay.payment.created.v1' },
    });
    const report = await check(databaseUrlsOf(system.local.databaseUrls));
    expect(report.violations.map(({ invariant, subject }) => `${invariant} ${subject}`)).toEqual([`I9 event ${id}`]);
    expect(report).toMatchObject({ quiescent: false, pending: ['1 events that wallet has not taken in'] });
  });
});
