import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { CrashPoints } from '@falconpay/testing/crash-points';
import type { Patience } from '@falconpay/testing/eventually';
import type { RunningSystem } from '@falconpay/testing/running-system';
import { ServiceClient } from '@falconpay/testing/service-client';
import { consumerGroup } from '@falconpay/contracts/choreography';
import { allEnded, wrongInTheBooks, wrongInTheTopics } from './books.js';
import { postUntilAccepted, type Order } from './clients.js';
import { ConsumerGroups } from './consumer-groups.js';
import { FaultSystem } from './fault-system.js';
import { copyOf, sabotage } from './sabotage.js';
import { forTheReal, playedOn, type Scenario, type TwinCase } from './twin-play.js';

const order = (amount = 100, from = '1002', to = '1001', currency = 'USD'): Order => ({ from, to, amount: { amount, currency } });

/** A twin may never get there: that is for the books to tell. */
const settle = (system: RunningSystem, patience: Patience): Promise<void> => allEnded(system, patience).catch(() => undefined);

/** kill -9 at a point while one transfer is under way, and the time gone by after which the group misses the dead. */
async function killAt(
  system: FaultSystem,
  crashes: CrashPoints,
  service: 'payment' | 'wallet',
  point: string,
  post: () => Promise<unknown>,
): Promise<void> {
  const { running } = system;
  const members = new ConsumerGroups(running.local.brokers, system.topics.prefix);
  await members.connect();
  try {
    const group = consumerGroup(service);
    const dead = await running.eventually('the group has its member', async () => {
      const found = await members.members(group);
      return found.length > 0 ? found : undefined;
    });
    await crashes.arm(service, running.local.pid(service), { point, when: 'before' });
    const posting = post().catch(() => undefined);
    await running.eventually(`${service} comes to ${point}`, () => crashes.hasStruck(service));
    await members.bury(group, dead);
    await running.local.ready(service);
    await posting;
  } finally {
    await members.disconnect();
  }
}

/** Of an event that no service sent. */
const strangersKey = 'pay_x';

const deliverPoisonTwice: Scenario = async ({ running, topics }) => {
  const headers = { ce_id: randomUUID(), ce_type: 'com.falconpay.payment.created.v1' };
  const groups = new ConsumerGroups(running.local.brokers, topics.prefix);
  await groups.connect();
  try {
    // One after the other: two in one batch would be known for the same without any inbox.
    for (const time of ['once', 'twice']) {
      await running.produce('payment.created', { key: strangersKey, value: '{}', headers });
      const hasRead = () => groups.hasReadAll(consumerGroup('wallet'), ['payment.created']);
      await running.eventually(`the wallet has read it ${time}`, hasRead, { everyMs: 50 });
    }
  } finally {
    await groups.disconnect();
  }
  const [letters] = await running.sql<{ count: number }>('wallet', `select count(*)::int as count from outbox where type = 'dead-letter'`);
  const [held] = await running.sql<{ count: number }>('wallet', `select count(*)::int as count from held_events`);
  return [
    ...(letters?.count === 1 ? [] : [`one bad event left ${letters?.count} dead letters`]),
    ...(held?.count === 0 ? [] : [`one bad event waits behind itself`]),
  ];
};

/** Whatever is on its way has time to arrive: later transfers, on every partition, are through. */
async function laterOnesAreThrough(running: RunningSystem, patience: Patience): Promise<void> {
  for (let count = 0; count < 12; count += 1) await postUntilAccepted(running.payment, order(1));
  await settle(running, patience);
}

const killPaymentBeforeCommit: Scenario = async (system, crashes, patience) => {
  // The client gives up: it never got an answer, so nothing may have happened.
  await killAt(system, crashes, 'payment', 'COMMIT#1', () => system.running.payment.post('/v1/transfers', order()));
  await laterOnesAreThrough(system.running, patience);
  return (await wrongInTheTopics(system.running)).filter((wrong) => !wrong.includes(strangersKey));
};

const killWalletBeforeCommit: Scenario = async (system, crashes, patience) => {
  await killAt(system, crashes, 'wallet', 'COMMIT#1', () => postUntilAccepted(system.running.payment, order()));
  await settle(system.running, patience);
  return [];
};

/** One instance has read a balance and stands still; another pays in meanwhile, or waits until it may. */
const payInBetweenReadAndWrite: Scenario = async (system, crashes) => {
  const { running } = system;
  const other = await system.another('wallet', { NODE_OPTIONS: '' });
  const otherClient = new ServiceClient(other.urls['wallet'] ?? '');
  const payIn = (client: ServiceClient): Promise<unknown> =>
    client.post('/v1/accounts/1002/deposits', { amount: { amount: 1, currency: 'USD' } });
  const pid = running.local.pid('wallet') ?? 0;
  try {
    await crashes.arm('wallet', pid, { point: 'update accounts#1', when: 'before', signal: 'SIGSTOP' });
    const first = payIn(running.wallet);
    await running.eventually('the first has read', () => crashes.hasStruck('wallet'));
    let isDone = false;
    const second = payIn(otherClient).then(() => (isDone = true));
    await running.eventually('the second is through, or waits', async () => {
      const [waiting] = await running.sql<{ count: number }>(
        'wallet',
        `select count(*)::int as count from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
      );
      return isDone || (waiting?.count ?? 0) > 0;
    });
    process.kill(pid, 'SIGCONT');
    await Promise.all([first, second]);
  } finally {
    process.kill(pid, 'SIGCONT');
    otherClient.close();
    await other.stop();
  }
  return [];
};

const commitLateBehindOthers: Scenario = async ({ running }, _, patience) => {
  const { id } = await postUntilAccepted(running.payment, order(7));
  await running.ended(id);
  const late = new pg.Client({ connectionString: running.local.databaseUrls['payment'] });
  await late.connect();
  try {
    // What payment does in one commit, by somebody who is slow: a transfer, and its announcement with an early position.
    const slowId = `pay_${id.slice(4, -3)}zzz`;
    await late.query('begin');
    await late.query(
      `insert into transfers select ($2::text), client, kind, 'PENDING', from_account, to_account, amount, currency, reference, description, metadata,
         client_reference, bulk_id, expires_at, null, null, 1, created_at, updated_at from transfers where id = $1`,
      [id, slowId],
    );
    await late.query('insert into open_transfers values ($1)', [slowId]);
    await late.query(
      `insert into outbox (id, aggregatetype, aggregateid, type, time, payload, sequence)
       select gen_random_uuid(), aggregatetype, $2, type, time, convert_to(replace(convert_from(payload, 'UTF8'), $1, $2), 'UTF8'), 1
       from outbox where aggregateid = $1 and aggregatetype = 'payment.created'`,
      [id, slowId],
    );
    const later: string[] = [];
    for (let count = 0; count < 20; count += 1) later.push((await postUntilAccepted(running.payment, order(1))).id);
    for (const each of later) await running.ended(each);
    await late.query('commit');
  } finally {
    await late.end();
  }
  await settle(running, patience);
  return [];
};

const failInsideOnce: Scenario = async ({ running }, _, patience) => {
  const key = randomUUID();
  await running.sql('payment', 'alter table transfers add constraint fault check (amount <> 777) not valid');
  const first = await running.payment.post('/v1/transfers', order(777), { key });
  await running.sql('payment', 'alter table transfers drop constraint fault');
  const second = await running.payment.post('/v1/transfers', order(777), { key });
  await settle(running, patience);
  const wrong = first.status === 500 ? [] : [`the fault was answered with ${first.status}`];
  return second.status === 202 ? wrong : [...wrong, `when the fault was gone, the answer was ${second.status} all the same`];
};

const payInAnotherCurrency: Scenario = async ({ running }, _, patience) => {
  await postUntilAccepted(running.payment, order(100, '1002', '2001', 'USD'));
  await settle(running, patience);
  return [];
};

const twins: readonly TwinCase[] = [
  {
    name: 'takes every event for a new one (no inbox)',
    edits: [{ file: 'libs/inbox/dist/inbox.js', from: 'new Set(rows.map((row)=>row.event_id))', to: 'new Set(eventIds)' }],
    scenario: deliverPoisonTwice,
    finds: /waits behind itself/,
  },
  {
    name: 'writes its events outside the transaction (publish before commit)',
    edits: [
      {
        file: 'libs/pipeline/dist/commit.js',
        from: 'appendToOutbox(tx, this.events)',
        to: 'appendToOutbox({ query: (statement, values) => this.context.source.query(statement.text, values) }, this.events)',
      },
    ],
    scenario: killPaymentBeforeCommit,
    finds: /which payment does not know|what did not happen/,
  },
  {
    name: 'writes the offset before the work is committed',
    edits: [
      {
        file: 'libs/kafka/dist/kafka-transport.js',
        from: 'if (!await this.settle(payload, recordsOf(batch, topic))) return;',
        to: `await this.consumer.commitOffsets([{ topic: batch.topic, partition: batch.partition, offset: String(BigInt(batch.lastOffset()) + 1n) }]);
             if (!await this.settle(payload, recordsOf(batch, topic))) return;`,
      },
    ],
    scenario: killWalletBeforeCommit,
    finds: /has not ended/,
  },
  {
    name: 'reads a balance and writes it back without holding it',
    edits: [
      { file: 'apps/wallet/dist/accounts/account.table.js', from: ' order by id for update', to: ' order by id' },
      { file: 'libs/postgres/dist/set-based.js', from: ' and old.version = new.version_before', to: '' },
    ],
    scenario: payInBetweenReadAndWrite,
    finds: /balance is not the sum of its entries/,
  },
  {
    name: 'reads the outbox behind the last position it saw',
    edits: [
      {
        file: 'libs/outbox/dist/relay-cursor.js',
        from: 'const rows = await read(this.source, firstPage, [\n            since,\n            limit\n        ]);',
        to: `const rows = (await read(this.source, firstPage, [since, limit])).filter((row) => row.position > (this.last ?? 0n));
             this.last = rows.at(-1)?.position ?? this.last;`,
      },
    ],
    scenario: commitLateBehindOthers,
    finds: /has not ended/,
  },
  {
    name: 'keeps an internal error as the answer for its key',
    edits: [
      {
        file: 'libs/pipeline/dist/pipeline.js',
        from: "if (culprit?.kind !== 'event' || !isCall(culprit.todo)) return [",
        to: `if (culprit?.kind === 'request') {
               const broken = { name: 'broken', needs: () => ({}), decide: () => ({ reply: { status: 500, body: { title: 'Internal error' } } }) };
               return this.commitWithRetries([{ ...culprit, todo: { useCase: broken, message: undefined } }]);
             }
             if (culprit?.kind !== 'event' || !isCall(culprit.todo)) return [`,
      },
      {
        file: 'libs/pipeline/dist/commit.js',
        from: 'status < 400 || status === 422',
        to: 'status < 400 || status === 422 || status === 500',
      },
    ],
    scenario: failInsideOnce,
    finds: /all the same/,
  },
  {
    name: 'posts whatever the currency, where the ledger itself sums all currencies as one',
    edits: [
      { file: 'apps/wallet/dist/accounts/refusal.js', from: 'if (account.currency !== money.currency)', to: 'if (false)' },
      {
        file: 'apps/wallet/dist/migrations/1763683200000-create-wallet.js',
        from: 'group by transaction_id, currency having',
        to: 'group by transaction_id having',
      },
    ],
    scenario: payInAnotherCurrency,
    finds: /do not sum to zero/,
  },
  {
    name: 'posts whatever the currency, stopped by the ledger',
    edits: [{ file: 'apps/wallet/dist/accounts/refusal.js', from: 'if (account.currency !== money.currency)', to: 'if (false)' }],
    scenario: payInAnotherCurrency,
    finds: /has not ended/,
  },
];

/** What is wrong with the books is wrong as well. */
const withBooks =
  (scenario: Scenario): Scenario =>
  async (system, crashes, patience) => [...(await scenario(system, crashes, patience)), ...(await wrongInTheBooks(system.running))];

/** A check that never failed says nothing: each of ours is shown a program that lacks what it checks for. */
describe('a program that', () => {
  const crashes = new CrashPoints();
  let real: FaultSystem;
  beforeAll(async () => {
    real = await FaultSystem.start({ name: 'real', env: crashes.env });
  });
  afterAll(async () => {
    await real?.stop();
    crashes.remove();
  });

  it.each(twins)('$name is found out, and the real one is not accused', async ({ scenario, finds, ...twin }) => {
    expect(await withBooks(scenario)(real, crashes, forTheReal)).toEqual([]);
    expect((await playedOn(twin, withBooks(scenario))).join('\n')).toMatch(finds);
  });

  it('no longer has what a twin is to take out of it stops the twin, not the check', () => {
    const copy = copyOf({ name: 'nothing', edits: [] });
    try {
      const edit = { file: 'libs/inbox/dist/inbox.js', from: 'what is not there', to: '' };
      expect(() => sabotage(copy.root, edit)).toThrow('nowhere');
      expect(() => sabotage(copy.root, { ...edit, from: 'e' })).toThrow('more than once');
    } finally {
      copy.remove();
    }
  });
});
