import { servicesHearing } from '@falconpay/choreography/participants';
import { consumerGroup, sagas, topics as allTopics, type Onlooker, type Service } from '@falconpay/contracts/choreography';
import { given } from '../options.js';
import { textTable } from '../text-table.js';
import { UsageError } from '../usage-error.js';
import { Scrape } from './scrape.js';

export const topicsUsage = `falconpay topics [--json]

Every topic: who publishes it, who hears it, how many records each of them has yet to read, and how many dead letters of it wait.

  --json  everything as JSON

"behind" is what a service saw last; it is empty as long as it has read nothing since it was started. Asked of the services
themselves: FALCONPAY_HOME is the running system's folder (.falconpay); FALCONPAY_WALLET_URL and its like say where a service answers
that does not run from there.

Examples:
  falconpay topics
  falconpay topics --json | jq '.topics[] | select(.behind > 1000)'

Exit status: 0 no dead letters wait, 1 some do, 2 a service does not answer.`;

const onlooker: Onlooker = 'backoffice';

export interface TopicState {
  readonly topic: string;
  readonly version: number;
  readonly publisher: string;
  readonly heard_by: string;
  readonly behind: number | null;
  /** Null when the back office does not answer. */
  readonly dead_letters: number | null;
  readonly oldest_seconds: number | null;
}

export async function topics(args: readonly string[]): Promise<number> {
  const asked = given(args, []);
  if (asked.words.length > 0) throw new UsageError(`topics takes no ${asked.words.join(' ')}`);
  const heardBy = allTopics.map((topic) => ({ topic, services: [...servicesHearing(sagas, topic), onlooker] }));
  const names = [...new Set(heardBy.flatMap(({ services }) => services))];
  const scrapes = new Map(
    await Promise.all(names.map(async (name) => [name, await Scrape.of(name, process.env)] as [string, Scrape | undefined])),
  );
  const store = scrapes.get(onlooker);
  const states = heardBy.flatMap(({ topic, services }) =>
    services.map((service): TopicState => {
      const labels = { topic: topic.name, group: consumerGroup(service as Service | Onlooker) };
      return {
        ...{ topic: topic.name, version: topic.version, publisher: topic.publisher, heard_by: service },
        behind: scrapes.get(service)?.value('falconpay_consumer_lag_records', labels) ?? null,
        dead_letters: store ? store.series('falconpay_dlq_records', labels).reduce((sum, { value }) => sum + value, 0) : null,
        oldest_seconds: store?.value('falconpay_dlq_oldest_seconds', labels) ?? null,
      };
    }),
  );
  const silent = names.filter((name) => scrapes.get(name) === undefined);
  console.log(asked.json ? JSON.stringify({ topics: states, no_answer: silent }, null, 2) : describeTopics(states));
  if (silent.length > 0) {
    console.error(`No answer from ${silent.join(', ')}.`);
    return 2;
  }
  return states.some(({ dead_letters }) => dead_letters !== null && dead_letters > 0) ? 1 : 0;
}

export const describeTopics = (states: readonly TopicState[]): string =>
  textTable(
    ['topic', 'published by', 'heard by', 'behind', 'dead letters', 'oldest'],
    states.map(({ topic, version, publisher, heard_by, behind, dead_letters, oldest_seconds }) => [
      version === 1 ? topic : `${topic} v${version}`,
      publisher,
      heard_by,
      String(behind ?? ''),
      dead_letters === 0 ? '' : String(dead_letters ?? '?'),
      oldest_seconds === null ? '' : `${Math.round(oldest_seconds)} s`,
    ]),
  );
