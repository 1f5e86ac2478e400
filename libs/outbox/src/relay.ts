import { setTimeout as delay } from 'node:timers/promises';
import type { RefusedEvents } from './refused-events.js';
import { LostLead, type Lease, type Look, type RelayCursor } from './relay-cursor.js';

export interface RelayEvents {
  /** The broker or the database refused; the relay goes on trying. */
  onFailure(error: unknown): void;
  /** All that was waiting is published, a moment ago at least. Said after every look that ended well. */
  onCaughtUp(): void;
}

/** Rows read, and sent, at a time. */
const pageSize = 1_000;
/** A commit of this instance wakes the relay; one of another is found by looking. */
const busyPollMs = 20;
const idlePollMs = 250;
const standbyPollMs = 500;
const failurePauseMs = 250;
/** How far the cursor's row may lag behind what was published: after a crash that much is sent twice, and absorbed. */
const cursorLagMs = 50;
const leaseRenewalMs = 2_000;

/**
 * Publishes what the service's transactions appended, each row at least once, in order per key. One instance leads at a
 * time. No database transaction is open while the broker is spoken to: read, send, move the cursor. A crash between the
 * last two sends again; the consumers' inboxes absorb it.
 */
export class Relay {
  private lease: Lease | undefined;
  private published = '';
  private persisted = '';
  private persistedAt = 0;
  private pollMs = busyPollMs;
  private running = false;
  private loop: Promise<void> = Promise.resolve();
  private wakeUp: () => void = () => undefined;
  private woken = false;
  private renewal: NodeJS.Timeout | undefined;

  constructor(
    private readonly cursor: RelayCursor,
    private readonly broker: RefusedEvents,
    private readonly events: RelayEvents,
  ) {}

  start(): void {
    this.running = true;
    this.loop = this.run();
  }

  /** Finishes the send under way, writes the cursor and gives the lease back. */
  async stop(): Promise<void> {
    this.running = false;
    this.wake();
    await this.loop;
  }

  /** Called right after a commit that appended something. */
  wake(): void {
    this.woken = true;
    this.wakeUp();
  }

  get leads(): boolean {
    return this.lease !== undefined;
  }

  private async run(): Promise<void> {
    while (this.running) {
      try {
        await (this.lease ? this.publishWhatIsNew(this.lease) : this.tryToLead());
      } catch (error) {
        this.events.onFailure(error);
        await this.stepDown();
        await delay(failurePauseMs);
      }
    }
    await this.stepDown();
  }

  private async tryToLead(): Promise<void> {
    clearInterval(this.renewal);
    this.lease = await this.cursor.acquire();
    if (!this.lease) return this.rest(standbyPollMs);
    await this.broker.load();
    this.published = this.persisted = this.lease.snapshot;
    this.persistedAt = performance.now();
    this.renewal = setInterval(() => void this.renew(), leaseRenewalMs);
  }

  /** Beside the sending, which with a long backlog takes longer than the lease. */
  private async renew(): Promise<void> {
    const { lease } = this;
    if (!lease || performance.now() - this.persistedAt < leaseRenewalMs) return;
    try {
      if (!(await this.cursor.advance(lease, this.published)) && this.lease === lease) this.lease = undefined;
    } catch (error) {
      this.events.onFailure(error);
    }
  }

  private async publishWhatIsNew(lease: Lease): Promise<void> {
    this.woken = false;
    await this.broker.tryAgain(lease);
    const look = await this.cursor.look(this.published, pageSize);
    if (look.rows.length > 0) {
      await this.publishAll(lease, look);
      this.events.onCaughtUp();
      this.pollMs = busyPollMs;
      await this.persist(lease, cursorLagMs);
      return this.rest(this.pollMs);
    }
    this.events.onCaughtUp();
    await this.persist(lease, this.published === this.persisted ? leaseRenewalMs : cursorLagMs);
    await this.rest(this.pollMs);
    this.pollMs = Math.min(this.pollMs * 2, idlePollMs);
  }

  private async publishAll(lease: Lease, first: Look): Promise<void> {
    let look = first;
    for (;;) {
      if (!this.lease) throw new LostLead();
      // The next page is read while this one is on its way to the broker.
      const [, further] = await Promise.all([
        this.broker.publish(lease, look.rows),
        look.rows.length < pageSize ? [] : this.cursor.lookFurther(this.published, look, pageSize),
      ]);
      if (further.length === 0) break;
      look = { rows: further, snapshot: first.snapshot };
    }
    this.published = first.snapshot;
  }

  private async persist(lease: Lease, everyMs: number): Promise<void> {
    if (performance.now() - this.persistedAt < everyMs) return;
    if (this.published === this.persisted) this.published = await this.cursor.currentSnapshotIfNothingIsPending(this.published);
    if (!(await this.cursor.advance(lease, this.published))) {
      this.lease = undefined;
      return;
    }
    this.persisted = this.published;
    this.persistedAt = performance.now();
  }

  private async stepDown(): Promise<void> {
    clearInterval(this.renewal);
    const lease = this.lease;
    this.lease = undefined;
    if (!lease) return;
    try {
      if (await this.cursor.advance(lease, this.published)) await this.cursor.release(lease);
    } catch (error) {
      this.events.onFailure(error);
    }
  }

  private async rest(ms: number): Promise<void> {
    if (this.woken || !this.running) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.wakeUp = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.wakeUp = () => undefined;
  }
}
