import { setTimeout as delay } from 'node:timers/promises';
import { wholeNumberIn, type Given } from '../options.js';
import { patiently, type BackofficeClient } from './backoffice-client.js';
import type { Letter, Page } from './wire.js';

const lookEveryMs = 1_000;

/** The newest of those that wait, and each one that comes, until it is interrupted or has shown as many as were asked for. */
export async function watch(client: BackofficeClient, filter: Readonly<Record<string, string>>, asked: Given): Promise<number> {
  const arrivals = new Arrivals(client, { status: 'waiting', ...filter });
  let left = wholeNumberIn(asked, 'count') ?? Number.POSITIVE_INFINITY;
  for (let letters = await arrivals.first(); ; letters = await patiently(() => arrivals.next())) {
    for (const letter of letters.slice(0, left)) console.log(asked.json ? JSON.stringify(letter) : lineOf(letter));
    left -= letters.length;
    if (left <= 0) return 0;
    await delay(lookEveryMs);
  }
}

const lineOf = ({ failed_at, id, topic, group, saga_id, kind, error }: Letter): string =>
  `${failed_at}  ${id}  ${group} at ${topic}  ${saga_id}  ${kind}: ${error.class}: ${error.message.replaceAll(/\s+/g, ' ')}`;

/** Letters have ids that grow with time, but two of one moment may be told in any order: what was told is remembered. */
class Arrivals {
  private readonly told = new Set<string>();
  /** What was there before the first look, and not among the newest, is not told when others go. */
  private before = '';

  constructor(
    private readonly client: BackofficeClient,
    private readonly filter: Readonly<Record<string, string>>,
  ) {}

  async first(): Promise<Letter[]> {
    const { data, next_cursor } = await this.page(undefined);
    if (next_cursor !== null) this.before = data.at(-1)?.id ?? '';
    return this.tell(data);
  }

  async next(): Promise<Letter[]> {
    const found: Letter[] = [];
    for (let cursor: string | undefined; ;) {
      const { data, next_cursor } = await this.page(cursor);
      const unknown = data.filter(({ id }) => id > this.before && !this.told.has(id));
      found.push(...unknown);
      if (next_cursor === null || unknown.length < data.length) return this.tell(found);
      cursor = next_cursor;
    }
  }

  private page(cursor: string | undefined): Promise<Page<Letter>> {
    return this.client.get<Page<Letter>>('/v1/dead-letters', { ...this.filter, limit: '25', cursor });
  }

  /** Oldest first. */
  private tell(letters: readonly Letter[]): Letter[] {
    for (const { id } of letters) this.told.add(id);
    return letters.toReversed();
  }
}
