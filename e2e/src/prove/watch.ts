import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';

const lookEveryMs = 200;
const scrapeEveryMs = 2_000;
const counters = ['falconpay_outbox_publish_unverified_total', 'falconpay_inbox_duplicates_total', 'falconpay_idempotency_total'] as const;

export interface WatchedSystem {
  readonly urls: Readonly<Record<string, string>>;
  readonly databaseUrls: Readonly<Record<string, string>>;
  pid(name: string): number | undefined;
}

/** Looks on while the system is hurt: whether the money adds up at every moment, and what the services count. */
export class Watch {
  /** Moments at which the money was counted. */
  looks = 0;
  readonly wrongLooks: string[] = [];
  /** The longest time in which no transfer was decided. */
  longestStandstillMs = 0;
  private decided = -1n;
  private decidedAt = performance.now();
  private readonly lives = new Map<string, Map<string, number>>();
  private readonly ended = new AbortController();
  private loops: Promise<void>[] = [];
  private client: pg.Client | undefined;

  constructor(
    private readonly system: WatchedSystem,
    private readonly services: readonly string[],
  ) {}

  start(): void {
    this.decidedAt = performance.now();
    this.loops = [
      this.every(lookEveryMs, () => this.lookAtMoney()),
      this.every(scrapeEveryMs, async () => void (await Promise.all(this.services.map((service) => this.scrape(service))))),
    ];
  }

  async stop(): Promise<void> {
    if (this.ended.signal.aborted) return;
    await Promise.all(this.services.map((service) => this.scrape(service)));
    this.ended.abort();
    await Promise.all(this.loops);
    await this.client?.end().catch(() => undefined);
  }

  /** From the outbox of the wallet: grows with every transfer it decides. */
  get progress(): bigint {
    return this.decided;
  }

  /** Counters die with their process: they are read before it is killed, and summed over its lives. */
  async scrape(service: string): Promise<void> {
    const life = `${service}/${this.system.pid(service)}`;
    try {
      const answer = await fetch(`${this.system.urls[service]}/metrics`, { signal: AbortSignal.timeout(700) });
      if (answer.ok) this.lives.set(life, sumsOf(await answer.text()));
    } catch {
      // It is down or slow: what was read of it before counts.
    }
  }

  counted(name: (typeof counters)[number], label = ''): number {
    return [...this.lives.values()].reduce((sum, life) => sum + (life.get(name + label) ?? 0), 0);
  }

  private async lookAtMoney(): Promise<void> {
    try {
      this.client ??= await this.connect();
      const { rows } = await this.client.query<{ astray: string | null; decided: string }>(
        `select string_agg(astray || ' ' || currency, ', ' order by currency) as astray, (select last_value from outbox_position)::text as decided
         from (select currency, sum(money) as astray from (
             select currency, posted as money from accounts
             union all select currency, amount from entries where account_id like 'sys\\_%') as all_of_it
           group by 1 having sum(money) <> 0) as sums`,
      );
      const [row] = rows;
      if (row) this.judge(row.astray, BigInt(row.decided));
    } catch {
      // The database is down: nobody sees any money then.
      await this.client?.end().catch(() => undefined);
      this.client = undefined;
    }
  }

  private async connect(): Promise<pg.Client> {
    const connectionString = this.system.databaseUrls['wallet'];
    const client = new pg.Client({ connectionString, connectionTimeoutMillis: 1_000, query_timeout: 2_000 });
    client.on('error', () => undefined);
    await client.connect();
    return client;
  }

  /** What customers have, and what the bank's own accounts have lent for it, are one sum: zero, in each currency. */
  private judge(astray: string | null, decided: bigint): void {
    this.looks += 1;
    if (astray !== null && this.wrongLooks.length < 10) this.wrongLooks.push(`the customers' and the bank's own summed to ${astray}`);
    if (decided === this.decided) return;
    const now = performance.now();
    if (this.decided >= 0n) this.longestStandstillMs = Math.max(this.longestStandstillMs, now - this.decidedAt);
    this.decided = decided;
    this.decidedAt = now;
  }

  private async every(ms: number, work: () => Promise<void>): Promise<void> {
    while (!this.ended.signal.aborted) {
      await work();
      await delay(ms, undefined, { signal: this.ended.signal }).catch(() => undefined);
    }
  }
}

/** Sums of the counters we ask for; those of the idempotency keys by their result. */
function sumsOf(exposition: string): Map<string, number> {
  const sums = new Map<string, number>();
  for (const line of exposition.split('\n')) {
    const [, name = '', labels = '', value = ''] = /^([a-z_]+)(\{[^}]*\})? (\S+)/.exec(line) ?? [];
    if (!counters.some((counter) => counter === name)) continue;
    const result = /result="([^"]*)"/.exec(labels)?.[1];
    const key = result === undefined ? name : `${name} ${result}`;
    sums.set(key, (sums.get(key) ?? 0) + Number(value));
  }
  return sums;
}
