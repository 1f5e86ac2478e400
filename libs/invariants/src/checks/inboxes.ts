import { consumerGroup, sagas, topics } from '@falconpay/contracts/choreography';
import { topicsHeardBy } from '@falconpay/choreography/participants';
import type { BooksDatabase } from '../books-database.js';
import { compareSets } from '../compare-sets.js';
import { smallestIdAt } from '../horizon.js';
import type { Findings } from '../report.js';
import { services, type Service } from '../under-way.js';
import type { TopicNotes } from './topics.js';

type Books = Readonly<Record<Service, BooksDatabase>>;

/**
 * Each service's inbox against the outboxes of those it hears. At rest they hold the same events, but for strangers that
 * were set aside; at work an event may still be on its way, but none is in an inbox that nobody sent.
 */
export async function checkInboxes(
  books: Books,
  notes: TopicNotes,
  completeSinceMs: number,
  atRest: boolean,
  findings: Findings,
): Promise<void> {
  for (const service of services) {
    const heard = topicsHeardBy(sagas, service);
    const from = smallestIdAt(completeSinceMs);
    const publishers = [...new Set(topics.filter(({ name }) => heard.includes(name)).map(({ publisher }) => publisher as Service))];
    const sent = publishers.map((publisher) => ({
      books: books[publisher],
      sql: `select id::text as key, '' as fact from outbox where aggregatetype = any($1) and verbatim is null and id >= $2`,
      values: [heard, from],
    }));
    const takenIn = {
      books: books[service],
      sql: `select event_id::text as key, '' as fact from inbox where event_id >= $1`,
      values: [from],
    };
    const foreign = new Set(notes.withoutId.map(({ id }) => id));
    for await (const { key, left } of compareSets(sent, [takenIn])) {
      if (left !== undefined) {
        if (atRest) findings.add('I10', `event ${key}`, `was sent, and ${service} has not taken it in`);
        continue;
      }
      if (notes.wasSetAside(consumerGroup(service), key) || foreign.has(key)) continue;
      if (await wasPutInPlaceOfDeadLetter(books[service], key)) continue;
      if (
        await wasSentSince(
          publishers.map((publisher) => books[publisher]),
          key,
        )
      )
        continue;
      findings.add('I10', `event ${key}`, `${service} has taken it in, and nobody has sent it`);
    }
  }
}

/** An edited event is an operator's, not a service's. */
const wasPutInPlaceOfDeadLetter = async (books: BooksDatabase, id: string): Promise<boolean> =>
  (
    await books.query(
      `select 1 from inbox where event_id = $1 and outcome is not null union all select 1 from blocked_lines where head_id = $1`,
      [id],
    )
  ).length > 0;

async function wasSentSince(publishers: readonly BooksDatabase[], id: string): Promise<boolean> {
  for (const publisher of publishers) {
    if ((await publisher.now(`select 1 from outbox where id = $1`, [id])).length > 0) return true;
  }
  return false;
}
