import { setTimeout as delay } from 'node:timers/promises';
import { PersistentClient, type FinalAnswer, type Operation } from './persistent-client.js';
import type { Random } from './random.js';

export interface LoadCounts {
  accepted: number;
  operations: number;
  bulks: number;
  /** Requests sent again on purpose after they had been answered, or twice at the same moment. */
  repeatedOnPurpose: number;
}

interface Money {
  readonly amount: number;
  readonly currency: string;
}

interface Order {
  readonly from: string;
  readonly to: string;
  readonly amount: Money;
  readonly reference?: string;
}

const accountCount = 8;
const bulkSize = 50;
const rememberedMax = 300;
export const openingAmount = 1_000_000;

const accounts = Array.from({ length: accountCount }, (_, index) => `prove-${index + 1}`);
const otherCurrency = 'prove-omr';
const [hotPayer = '', hotPayee = ''] = accounts;

/** How often each kind of request is made. A bulk counts fifty transfers. */
const kinds = {
  hot: 34,
  any: 30,
  tooMuch: 6,
  unknownAccount: 4,
  otherCurrency: 4,
  bulk: 1,
  atomicBulk: 1,
  atomicBulkRefused: 0.5,
  repeat: 14,
  twiceAtOnce: 5,
};

/** Clients that move money between a few accounts, most of it between two of them, and know what they were answered. */
export class Load {
  readonly counts: LoadCounts = { accepted: 0, operations: 0, bulks: 0, repeatedOnPurpose: 0 };
  readonly acknowledged: string[] = [];
  /** Answers that ought not to be. */
  readonly surprises: string[] = [];
  readonly client: PersistentClient;
  private readonly answered: { operation: Operation; answer: FinalAnswer }[] = [];
  private workers: Promise<void>[] = [];
  private running = true;
  private paceAt = performance.now();

  constructor(
    paymentUrl: string,
    private readonly random: Random,
    private readonly transfersPerSecond: number,
    private readonly transfersMax: number,
    giveUp: AbortSignal,
  ) {
    this.client = new PersistentClient(paymentUrl, random.fork(), giveUp);
  }

  start(clients: number): void {
    this.workers = Array.from({ length: clients }, () => this.work());
  }

  get hasEnded(): boolean {
    return !this.running;
  }

  /** No new requests; resolves when all that were begun have been answered or given up. */
  async stop(): Promise<void> {
    this.running = false;
    await Promise.all(this.workers);
  }

  private async work(): Promise<void> {
    while (this.running) {
      const kind = this.random.weighted(kinds);
      const isBulk = kind === 'bulk' || kind === 'atomicBulk' || kind === 'atomicBulkRefused';
      await this.pace(isBulk ? bulkSize : 1);
      if (!this.running) return;
      await this.act(kind);
      if (this.counts.accepted >= this.transfersMax) this.running = false;
    }
  }

  private async act(kind: keyof typeof kinds): Promise<void> {
    this.counts.operations += 1;
    if (kind === 'repeat') return this.repeat();
    if (kind === 'twiceAtOnce') return this.twiceAtOnce();
    if (kind === 'bulk' || kind === 'atomicBulk' || kind === 'atomicBulkRefused') {
      this.counts.bulks += 1;
      const transfers = Array.from({ length: bulkSize }, () => this.order('any'));
      if (kind === 'atomicBulkRefused') transfers[this.random.between(0, bulkSize - 1)] = this.order('tooMuch');
      return this.send({ path: '/v1/transfers/bulk', key: this.key(), body: JSON.stringify({ transfers, atomic: kind !== 'bulk' }) });
    }
    return this.send(this.single(kind));
  }

  private async send(operation: Operation): Promise<void> {
    const answer = await this.client.post(operation);
    if (!answer) return;
    this.learn(operation, answer);
    const remembered = { operation, answer };
    if (this.answered.length < rememberedMax) this.answered.push(remembered);
    else this.answered[this.random.between(0, rememberedMax - 1)] = remembered;
  }

  /** An answered request once more: it must get the same answer, to the byte. */
  private async repeat(): Promise<void> {
    if (this.answered.length === 0) return;
    const { operation, answer } = this.random.pick(this.answered);
    this.counts.repeatedOnPurpose += 1;
    this.expectSame(operation, answer, await this.client.post(operation));
  }

  /** Two of the same at one moment: one effect, one answer. */
  private async twiceAtOnce(): Promise<void> {
    const operation = this.single('any');
    this.counts.repeatedOnPurpose += 1;
    const [first, second] = await Promise.all([this.client.post(operation), this.client.post(operation)]);
    if (first) this.learn(operation, first);
    if (first && second) this.expectSame(operation, first, second);
    if (!first && second) this.learn(operation, second);
  }

  private expectSame(operation: Operation, first: FinalAnswer, again: FinalAnswer | undefined): void {
    if (!again || (first.status === again.status && first.text === again.text)) return;
    this.surprises.push(`key ${operation.key}: first ${first.status} ${first.text}, then ${again.status} ${again.text}`.slice(0, 800));
  }

  private learn(operation: Operation, { status, text }: FinalAnswer): void {
    if (status !== 202) {
      this.surprises.push(`${operation.path} with key ${operation.key} was answered ${status}: ${text}`.slice(0, 800));
      return;
    }
    const body = JSON.parse(text) as { id: string; transfers?: readonly { id?: string; error?: unknown }[] };
    if (!body.transfers) {
      this.acknowledged.push(body.id);
      this.counts.accepted += 1;
      return;
    }
    for (const { id, error } of body.transfers) {
      if (id === undefined) this.surprises.push(`an item of bulk ${body.id} was refused: ${JSON.stringify(error)}`);
      else this.acknowledged.push(id);
    }
    this.counts.accepted += body.transfers.length;
  }

  private single(kind: 'hot' | 'any' | 'tooMuch' | 'unknownAccount' | 'otherCurrency'): Operation {
    return { path: '/v1/transfers', key: this.key(), body: JSON.stringify(this.order(kind)) };
  }

  private order(kind: 'hot' | 'any' | 'tooMuch' | 'unknownAccount' | 'otherCurrency'): Order {
    const usd = (amount: number): Money => ({ amount, currency: 'USD' });
    const small = usd(this.random.between(1, 500));
    if (kind === 'hot')
      return this.random.next() < 0.5 ? { from: hotPayer, to: hotPayee, amount: small } : { from: hotPayee, to: hotPayer, amount: small };
    const from = this.random.pick(accounts);
    const to = this.random.pick(accounts.filter((account) => account !== from));
    if (kind === 'tooMuch') return { from, to, amount: usd(accountCount * openingAmount + 1) };
    if (kind === 'unknownAccount') return { from, to: `nobody-${this.random.hex(4)}`, amount: small };
    if (kind === 'otherCurrency') return { from, to: otherCurrency, amount: small };
    return { from, to, amount: small, reference: `prove ${this.random.hex(6)}` };
  }

  private key(): string {
    return `prove-${this.random.hex(24)}`;
  }

  /** Keeps to the rate on average; what an outage held up is made up for by one second at most. */
  private async pace(transfers: number): Promise<void> {
    this.paceAt = Math.max(this.paceAt, performance.now() - 1_000) + (transfers / this.transfersPerSecond) * 1_000;
    const early = this.paceAt - performance.now();
    if (early > 0) await delay(early);
  }
}

/** Opens the accounts and pays money in; returns how much there is of each currency now. */
export async function openAccounts(walletUrl: string, random: Random, giveUp: AbortSignal): Promise<void> {
  const client = new PersistentClient(walletUrl, random, giveUp);
  const post = async (path: string, body: object): Promise<void> => {
    const answer = await client.post({ path, key: `prove-${random.hex(24)}`, body: JSON.stringify(body) });
    if (answer?.status !== 201) throw new Error(`${path} was answered with ${answer?.status}: ${answer?.text}`);
  };
  for (const number of accounts) {
    await post('/v1/accounts', { number, owner: 'Proof', currency: 'USD' });
    await post(`/v1/accounts/${number}/deposits`, { amount: { amount: openingAmount, currency: 'USD' } });
  }
  await post('/v1/accounts', { number: otherCurrency, owner: 'Proof', currency: 'OMR' });
}
