import { setTimeout as delay } from 'node:timers/promises';
import { consumerGroup, sagas } from '@falconpay/contracts/choreography';
import { topicsHeardBy } from '@falconpay/choreography/participants';
import { queryNow } from './books-database.js';
import { kafkaFor, withAdmin, type TopicOptions } from './topic-reader.js';

export interface BooksOptions {
  readonly databaseUrls: Readonly<Record<Service, string>>;
  readonly brokers: readonly string[];
  /** KAFKA_PREFIX of the system. */
  readonly prefix?: string;
}

export const services = ['payment', 'atm-gateway', 'wallet'] as const;
export type Service = (typeof services)[number];

/** Those of a running system, by service; one that is missing cannot be opened. */
export function databaseUrlsOf(urls: Readonly<Record<string, string>>): Record<Service, string> {
  return Object.fromEntries(services.map((service) => [service, urls[service] ?? ''])) as Record<Service, string>;
}

export const topicOptions = ({ brokers, prefix = '' }: BooksOptions): TopicOptions => ({ brokers, prefix });

/** An outbox row that the relay's cursor has not passed; the relay itself asks the same. */
export const unpublishedRows = `from outbox_cursor c join outbox o
  on o.xid >= pg_snapshot_xmin(c.snapshot) and not pg_visible_in_snapshot(o.xid, c.snapshot)`;

/** Orders that nobody outside says anything about wait for it, or for people: for hours, and with nothing to be done here. */
export const ordersAtWork = `status not in ('RECONCILING', 'MANUAL_REVIEW', 'REVERSING')`;

/** What the system still has to do, in words; nothing when it is at rest. */
export async function underWay(options: BooksOptions): Promise<string[]> {
  const found: string[] = [];
  const say = (count: number, what: string): void => void (count > 0 && found.push(`${count} ${what}`));
  const [pending] = await queryNow<{ count: number }>(options.databaseUrls.payment, `select count(*)::int as count from open_transfers`);
  say(pending?.count ?? 0, 'transfers PENDING');
  const [open] = await queryNow<{ count: number }>(
    options.databaseUrls['atm-gateway'],
    `select count(*)::int as count from open_orders join orders using (id) where ${ordersAtWork}`,
  );
  say(open?.count ?? 0, 'orders under way');
  for (const service of services) {
    const [unpublished] = await queryNow<{ count: number }>(
      options.databaseUrls[service],
      `select count(*)::int as count ${unpublishedRows}`,
    );
    say(unpublished?.count ?? 0, `outbox rows of ${service} not yet published`);
    say(await lagOf(options, service), `events that ${service} has not taken in`);
  }
  return found;
}

async function lagOf(options: BooksOptions, service: Service): Promise<number> {
  const { prefix = '' } = options;
  return withAdmin(kafkaFor(topicOptions(options)), async (admin) => {
    const existing = new Set(await admin.listTopics());
    const topics = topicsHeardBy(sagas, service)
      .map((topic) => prefix + topic)
      .filter((topic) => existing.has(topic));
    const committed = topics.length === 0 ? [] : await admin.fetchOffsets({ groupId: prefix + consumerGroup(service), topics });
    let lag = 0n;
    for (const topic of topics) {
      const own = new Map(
        committed.find((each) => each.topic === topic)?.partitions.map(({ partition, offset }) => [partition, BigInt(offset)]),
      );
      for (const { partition, low, high } of await admin.fetchTopicOffsets(topic)) {
        const at = own.get(partition) ?? -1n;
        lag += BigInt(high) - (at < 0n ? BigInt(low) : at);
      }
    }
    return Number(lag);
  });
}

/** Numbers that grow with everything that happens: the same before and after a look, nothing happened in between. */
export async function activity(options: BooksOptions): Promise<string> {
  const [payment] = await queryNow<{ at: string }>(options.databaseUrls.payment, `select last_value::text as at from outbox_position`);
  const [gateway] = await queryNow<{ at: string }>(
    options.databaseUrls['atm-gateway'],
    `select last_value::text as at from outbox_position`,
  );
  const [wallet] = await queryNow<{ at: string }>(
    options.databaseUrls.wallet,
    `select (select last_value from outbox_position)::text || '/' || (select last_value from entry_id)::text as at`,
  );
  return `${payment?.at}/${gateway?.at}/${wallet?.at}`;
}

/** Looks at the system while it is at rest, if it comes to rest in time; else as it is. */
export async function lookAtRest<Look>(
  options: BooksOptions,
  waitMs: number,
  look: () => Promise<Look>,
  discard: (look: Look) => Promise<void>,
): Promise<{ look: Look; pending: string[] }> {
  const deadline = performance.now() + waitMs;
  for (;;) {
    const before = await activity(options);
    const pending = await underWay(options);
    const isLast = performance.now() >= deadline;
    if (pending.length === 0 || isLast) {
      const seen = await look();
      if (pending.length > 0) return { look: seen, pending };
      if ((await activity(options)) === before) return { look: seen, pending };
      if (isLast) return { look: seen, pending: ['new work, all the time'] };
      await discard(seen);
    }
    await delay(250);
  }
}
