import { createHash } from 'node:crypto';
import { deadLetterTopic, consumerGroup, sagas, topics } from '@falconpay/contracts/choreography';
import { topicsHeardBy } from '@falconpay/choreography/participants';
import type { BooksDatabase } from '../books-database.js';
import { smallestIdAt } from '../horizon.js';
import type { DeadLetter, Findings } from '../report.js';
import { headerText, readTopics, type TopicExtent, type TopicOptions, type TopicRecord } from '../topic-reader.js';
import { services, type Service } from '../under-way.js';
import { collect } from './ledger.js';

type Books = Readonly<Record<Service, BooksDatabase>>;

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const deadLettersKept = 50;

/** What lies on the topics, noted in the database of the service that publishes it. */
export class TopicNotes {
  records = 0;
  deadLetterCount = 0;
  readonly deadLetters: DeadLetter[] = [];
  extent: TopicExtent = { completeSinceMs: 0 };
  /** Records that are nobody's event, as far as they say. */
  readonly withoutId: { readonly place: string; readonly id: string }[] = [];
  /** By group: the ids of the records it has set aside, and where they lay. */
  private readonly setAside = new Map<string, Set<string>>();
  private readonly setAsidePlaces = new Set<string>();

  static async take(books: Books, options: TopicOptions): Promise<TopicNotes> {
    const notes = new TopicNotes();
    for (const service of services) {
      await books[service].query(`create temp table noted_records (topic text, id text, key text, hash text, place text) on commit drop`);
    }
    const publishers = new Map(topics.map(({ name, publisher }) => [name, publisher as Service]));
    const events = [...publishers.keys()];
    notes.extent = await readTopics(options, events, async (records) => {
      const first = records[0];
      const publisher = first && publishers.get(first.topic);
      if (publisher) await notes.note(books[publisher], records);
    });
    for (const service of services) await books[service].query('analyze noted_records');
    await readTopics(options, notes.deadLetterTopics(), async (records) => records.forEach((record) => notes.noteDeadLetter(record)));
    return notes;
  }

  wasSetAside(group: string, eventId: string): boolean {
    return this.setAside.get(group)?.has(eventId) ?? false;
  }

  wasSetAsideByAnybody(eventId: string): boolean {
    return [...this.setAside.values()].some((ids) => ids.has(eventId));
  }

  isDeadLettered(place: string): boolean {
    return this.setAsidePlaces.has(place);
  }

  private deadLetterTopics(): string[] {
    return services.flatMap((service) => topicsHeardBy(sagas, service).map((topic) => deadLetterTopic(topic, consumerGroup(service))));
  }

  private async note(publisher: BooksDatabase, records: readonly TopicRecord[]): Promise<void> {
    this.records += records.length;
    const rows: string[][] = [];
    for (const record of records) {
      const place = placeOf(record.topic, String(record.partition), record.offset);
      const id = headerText(record.headers, 'ce_id');
      if (id === undefined || !uuid.test(id)) {
        this.withoutId.push({ place, id: idOfPlace(place) });
        continue;
      }
      const hash = createHash('md5')
        .update(record.value ?? Buffer.alloc(0))
        .digest('hex');
      rows.push([record.topic, id, record.key?.toString('utf8').replaceAll('\0', '') ?? '', hash, place]);
    }
    const columns = [0, 1, 2, 3, 4].map((column) => rows.map((row) => row[column]));
    await publisher.query(
      `insert into noted_records select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[])`,
      columns,
    );
  }

  private noteDeadLetter(record: TopicRecord): void {
    const about = (name: string): string => headerText(record.headers, `x-dlq-${name}`) ?? '';
    const place = placeOf(about('topic'), about('partition'), about('offset'));
    const said = headerText(record.headers, 'ce_id');
    const ids = this.setAside.get(about('group')) ?? new Set();
    this.setAside.set(about('group'), ids.add(said !== undefined && uuid.test(said) ? said : idOfPlace(place)));
    this.setAsidePlaces.add(place);
    this.deadLetterCount += 1;
    if (this.deadLetters.length >= deadLettersKept) return;
    this.deadLetters.push({ topic: record.topic, original: place, errorClass: about('error-class'), message: about('error-message') });
  }
}

const placeOf = (topic: string, partition: string, offset: string): string => `${topic}/${partition}/${offset}`;

/** A record without an id of its own is known by its place, to its consumers and to us. */
function idOfPlace(place: string): string {
  const hex = createHash('sha256').update(place).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** Every published row is on its topic, to the byte; every event on a topic has its row. */
export async function checkTopics(books: Books, notes: TopicNotes, completeSinceMs: number, findings: Findings): Promise<void> {
  for (const service of services) {
    await checkRowsAreOnTopics(books[service], notes, findings);
    await checkRecordsHaveRows(books[service], notes, completeSinceMs, findings);
    await checkDeadLettersArrived(books[service], notes, findings);
  }
  for (const { place } of notes.withoutId) {
    if (!notes.isDeadLettered(place)) findings.add('I9', `record ${place}`, 'is no event of ours, and nobody has set it aside');
  }
}

async function checkRowsAreOnTopics(books: BooksDatabase, notes: TopicNotes, findings: Findings): Promise<void> {
  await collect(
    books,
    findings,
    'I9',
    `select 'event ' || o.id as subject, o.aggregatetype || ' of ' || o.aggregateid || ' is published, and not on its topic' as detail
      from outbox o, outbox_cursor c
      where o.verbatim is null and o.time >= $1 and pg_visible_in_snapshot(o.xid, c.snapshot)
        and not exists (select 1 from noted_records r where r.id = o.id::text and r.topic = o.aggregatetype)`,
    [new Date(notes.extent.completeSinceMs)],
  );
  await collect(
    books,
    findings,
    'I9',
    `select 'event ' || o.id as subject, 'at ' || min(r.place) || ' it has another ' ||
        case when bool_or(r.key <> o.aggregateid) then 'key' else 'payload' end || ' than in the outbox' as detail
      from outbox o join noted_records r on r.id = o.id::text
      where r.key <> o.aggregateid or r.hash <> md5(o.payload) or r.topic <> o.aggregatetype group by o.id`,
  );
}

/** What has no row in the snapshot may have got one since: it is looked for again. */
async function checkRecordsHaveRows(books: BooksDatabase, notes: TopicNotes, completeSinceMs: number, findings: Findings): Promise<void> {
  const strangers = books.stream<{ id: string; place: string; topic: string; key: string }>(
    `select r.id, min(r.place) as place, min(r.topic) as topic, min(r.key) as key from noted_records r
     where r.id >= $1 and not exists (select 1 from outbox o where o.id = r.id::uuid) group by r.id order by r.id`,
    [smallestIdAt(completeSinceMs)],
  );
  for await (const { id, place, topic, key } of strangers) {
    if (notes.wasSetAsideByAnybody(id) || notes.isDeadLettered(place)) continue;
    if ((await books.now(`select 1 from outbox where id = $1`, [id])).length > 0) continue;
    findings.add('I9', `event ${id}`, `${topic} of ${key} lies at ${place}, and the outbox of ${books.service} has no row of it`);
  }
}

/** A dead letter is a row like any other; on its topic it is known by the place of what was set aside. */
async function checkDeadLettersArrived(books: BooksDatabase, notes: TopicNotes, findings: Findings): Promise<void> {
  const rows = books.stream<{ id: string; topic: string; headers: [string, string][] }>(
    `select o.id::text as id, o.aggregatetype as topic, o.verbatim -> 'headers' as headers from outbox o, outbox_cursor c
     where o.verbatim is not null and o.time >= $1 and pg_visible_in_snapshot(o.xid, c.snapshot)`,
    [new Date(notes.extent.completeSinceMs)],
  );
  for await (const { id, topic, headers } of rows) {
    const about = (name: string): string =>
      Buffer.from(headers.findLast(([each]) => each === `x-dlq-${name}`)?.[1] ?? '', 'base64').toString('utf8');
    const place = placeOf(about('topic'), about('partition'), about('offset'));
    if (!notes.isDeadLettered(place)) findings.add('I9', `dead letter ${id}`, `of ${place} is published, and not on ${topic}`);
  }
}
