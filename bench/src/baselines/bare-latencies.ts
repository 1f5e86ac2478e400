import { Kafka, logLevel, type Consumer, type Producer } from 'kafkajs';
import pg from 'pg';
import { createDatabase } from '../system/databases.js';
import type { BenchSystem } from '../system/bench-system.js';

const TOPIC = 'bench.round-trip';
const DATABASE = 'bench_commits';

/** What the saga's hops cost with nothing around them: one record through Kafka, one row committed. */
export class BareLatencies {
  private received: (() => void) | undefined;

  private constructor(
    private readonly producer: Producer,
    private readonly consumer: Consumer,
    private readonly database: pg.Client,
  ) {}

  static async prepare(system: BenchSystem): Promise<BareLatencies> {
    const kafka = new Kafka({ clientId: 'bench', brokers: [system.local.brokers], logLevel: logLevel.NOTHING });
    const admin = kafka.admin();
    await admin.connect();
    await admin.createTopics({ waitForLeaders: true, topics: [{ topic: TOPIC, numPartitions: 1 }] });
    await admin.disconnect();
    await createDatabase(system, DATABASE);
    const database = new pg.Client({ connectionString: system.adminUrl(DATABASE) });
    // Whatever ends the server is told by whoever ended it.
    database.on('error', () => undefined);
    await database.connect();
    await database.query('create table commits (id bigint generated always as identity primary key, content text not null)');

    const bare = new BareLatencies(kafka.producer(), kafka.consumer({ groupId: 'bench.round-trip' }), database);
    await Promise.all([bare.producer.connect(), bare.consumer.connect()]);
    await bare.consumer.subscribe({ topic: TOPIC, fromBeginning: true });
    await bare.consumer.run({ autoCommit: false, eachMessage: async () => bare.received?.() });
    await bare.roundTrip();
    return bare;
  }

  roundTrips(count: number): Promise<number[]> {
    return oneByOne(count, () => this.roundTrip());
  }

  commits(count: number): Promise<number[]> {
    return oneByOne(count, () =>
      this.database.query({ name: 'commit', text: 'insert into commits (content) values ($1)', values: ['one row'] }),
    );
  }

  async close(): Promise<void> {
    await Promise.all([this.producer.disconnect(), this.consumer.disconnect(), this.database.end()]);
  }

  private async roundTrip(): Promise<void> {
    const received = new Promise<void>((resolve) => (this.received = resolve));
    await Promise.all([received, this.producer.send({ topic: TOPIC, messages: [{ value: 'one record' }] })]);
  }
}

async function oneByOne(count: number, work: () => Promise<unknown>): Promise<number[]> {
  const latencies: number[] = [];
  for (let done = 0; done < count; done += 1) {
    const startedAt = performance.now();
    await work();
    latencies.push(performance.now() - startedAt);
  }
  return latencies;
}
