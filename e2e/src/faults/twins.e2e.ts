import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { CrashPoints } from '@falconpay/testing/crash-points';
import type { RunningSystem } from '@falconpay/testing/running-system';
import { consumerGroup } from '@falconpay/contracts/choreography';
import { allEnded, wrongInTheBooks, wrongInTheTopics } from './books.js';
import { postUntilAccepted, type Order } from './clients.js';
import { ConsumerGroups } from './consumer-groups.js';
import { FaultSystem } from './fault-system.js';
import { copyOf, type Twin } from './sabotage.js';

/** What a scenario does to a system; it ends when nothing more is to be expected. Anything it returns is wrong as well. */
type Scenario = (system: FaultSystem, crashes: CrashPoints) => Promise<string[]>;

const order = (amount = 100, from = '1002', to = '1001', currency = 'USD'): Order => ({ from, to, amount: { amount, currency } });

/** Waits for the end as long as a sound system would need, and no longer: a twin may never get there. */
const settle = (system: RunningSystem, withinMs = 6_000): Promise<void> => allEnded(system, withinMs).catch(() => undefined);

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

const deliverPoisonTwice: Scenario = async ({ running }) => {
  const headers = { ce_id: randomUUID(), ce_type: 'com.falconpay.payment.created.v1' };
  for (const _ of [1, 2]) await running.produce('payment.created', { key: 'pay_x', value: '{}', headers });
  await settleTopic(running, 'payment.created', 'wallet');
  const letters = await running.consumeAll(`payment.created.${consumerGroup('wallet')}.dlq`);
  return letters.length === 1 ? [] : [`one bad event left ${letters.length} dead letters`];
};

/** A good transfer sent after something else on the topic is through when that is. */
async function settleTopic(running: RunningSystem, _topic: string, _service: string): Promise<void> {
  for (let count = 0; count < 12; count += 1) await postUntilAccepted(running.payment, order(1));
  await settle(running);
}

const killPaymentBeforeCommit: Scenario = async (system, crashes) => {
  // The client gives up: it never got an answer, so nothing may have happened.
  await killAt(system, crashes, 'payment', 'COMMIT#1', () => system.running.payment.post('/v1/transfers', order()));
  await settleTopic(system.running, 'payment.created', 'wallet');
  return wrongInTheTopics(system.running);
};

const killWalletBeforeCommit: Scenario = async (system, crashes) => {
  await killAt(system, crashes, 'wallet', 'COMMIT#1', () => postUntilAccepted(system.running.payment, order()));
  await settle(system.running, 8_000);
  return [];
};

const payInWhileTransferring: Scenario = async (system) => {
  const { running } = system;
  await system.another('wallet');
  const paidIn = Array.from({ length: 80 }, () =>
    running.wallet.post('/v1/accounts/1002/deposits', { amount: { amount: 1, currency: 'USD' } }),
  );
  const transfers = Array.from({ length: 80 }, () => postUntilAccepted(running.payment, order(1)));
  await Promise.all([...paidIn, ...transfers]);
  await settle(running, 10_000);
  return [];
};

const commitLateBehindOthers: Scenario = async ({ running }) => {
  const { id } = await postUntilAccepted(running.payment, order(7));
  await settle(running);
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
    await late.query(
      `insert into outbox (id, aggregatetype, aggregateid, type, time, payload, sequence)
       select gen_random_uuid(), aggregatetype, $2, type, time, convert_to(replace(convert_from(payload, 'UTF8'), $1, $2), 'UTF8'), 1
       from outbox where aggregateid = $1 and aggregatetype = 'payment.created'`,
      [id, slowId],
    );
    for (let count = 0; count < 20; count += 1) await postUntilAccepted(running.payment, order(1));
    await running.eventually('the later ones end', async () => {
      const [row] = await running.sql<{ count: number }>(
        'payment',
        `select count(*)::int as count from transfers where status = 'COMPLETED'`,
      );
      return row?.count === 21;
    });
    await late.query('commit');
  } finally {
    await late.end();
  }
  await settle(running);
  return [];
};

const failInsideOnce: Scenario = async ({ running }) => {
  const key = randomUUID();
  await running.sql('payment', 'alter table transfers add constraint fault check (amount <> 777) not valid');
  const first = await running.payment.post('/v1/transfers', order(777), { key });
  await running.sql('payment', 'alter table transfers drop constraint fault');
  const second = await running.payment.post('/v1/transfers', order(777), { key });
  await settle(running);
  const wrong = first.status === 500 ? [] : [`the fault was answered with ${first.status}`];
  return second.status === 202 ? wrong : [...wrong, `when the fault was gone, the answer was ${second.status} all the same`];
};

const payInAnotherCurrency: Scenario = async ({ running }) => {
  await postUntilAccepted(running.payment, order(100, '1002', '2001', 'USD'));
  await settle(running, 4_000);
  return [];
};

interface Case extends Twin {
  readonly scenario: Scenario;
  readonly finds: RegExp;
}

const twins: readonly Case[] = [
  {
    name: 'takes every event for a new one (no inbox)',
    edits: [{ file: 'libs/inbox/dist/inbox.js', from: 'new Set(rows.map((row)=>row.event_id))', to: 'new Set(eventIds)' }],
    scenario: deliverPoisonTwice,
    finds: /2 dead letters/,
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
    scenario: payInWhileTransferring,
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
      { file: 'apps/wallet/dist/ledger/transfer-decision.js', from: 'if (to.currency !== order.amount.currency)', to: 'if (false)' },
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
    edits: [{ file: 'apps/wallet/dist/ledger/transfer-decision.js', from: 'if (to.currency !== order.amount.currency)', to: 'if (false)' }],
    scenario: payInAnotherCurrency,
    finds: /has not ended/,
  },
];

async function playedOn(twin: Twin, scenario: Scenario): Promise<string[]> {
  const crashes = new CrashPoints();
  const copy = copyOf(twin);
  const system = await FaultSystem.start({ name: 'twin', env: crashes.env, root: copy.root });
  try {
    const wrong = await scenario(system, crashes);
    return [...wrong, ...(await wrongInTheBooks(system.running))];
  } finally {
    await system.stop();
    copy.remove();
    crashes.remove();
  }
}

/** A check that never failed says nothing: each of ours is shown a program that lacks what it checks for. */
describe('a program that', () => {
  it.each(twins)(
    '$name is found out, and the real one is not accused',
    async (twin) => {
      expect(await playedOn({ name: 'the real one', edits: [] }, twin.scenario)).toEqual([]);
      const found = await playedOn(twin, twin.scenario);
      expect(found.join('\n')).toMatch(twin.finds);
    },
    120_000,
  );
});
