import { setTimeout as sleep } from 'node:timers/promises';
import { hasRoom, withOneMore, type PayoutQueue } from './payout-queue.js';

const LOOK_EVERY_MS = 50;

/** A reply's status when there was no room. */
const NO_ROOM = 503;

/**
 * Says no at once to whom the transaction would say no, so that those who cannot get in neither wait for its lock nor hold up those who
 * can. It knows the queue by looking, only while it is full, and never lets anybody in: that is decided under the lock.
 */
export class PayoutDoor {
  /** As last seen, with those that have gone in since; undefined while there is room for all we know. */
  private queue: PayoutQueue | undefined;
  private readonly onTheirWay: string[] = [];
  /** Those that were on their way at any moment since the last look began: it may not have seen them, in or not. */
  private sinceLook: string[] = [];
  private isWatching = false;
  private someoneHadToStay = false;

  constructor(
    private readonly look: () => Promise<PayoutQueue>,
    private readonly capacity: number,
    private readonly onTurnedAway: () => void,
    private readonly pause: () => Promise<unknown> = () => sleep(LOOK_EVERY_MS, undefined, { ref: false }),
  ) {}

  turnsAway(bank: string): boolean {
    if (!this.queue || hasRoom(this.queue, bank, this.capacity)) return false;
    this.someoneHadToStay = true;
    this.onTurnedAway();
    return true;
  }

  /** Asks for room, and sees from the answer whether there was any. */
  async through<Reply extends { readonly status: number }>(bank: string, ask: () => Promise<Reply>): Promise<Reply> {
    this.onTheirWay.push(bank);
    if (this.isWatching) this.sinceLook.push(bank);
    if (this.queue) this.queue = withOneMore(this.queue, bank);
    const reply = await ask().finally(() => this.onTheirWay.splice(this.onTheirWay.indexOf(bank), 1));
    if (reply.status === NO_ROOM) {
      this.someoneHadToStay = true;
      void this.watch();
    }
    return reply;
  }

  /** Until nobody has to stay out any more. */
  private async watch(): Promise<void> {
    if (this.isWatching) return;
    this.isWatching = true;
    try {
      while (this.someoneHadToStay) {
        this.someoneHadToStay = false;
        this.sinceLook = [...this.onTheirWay];
        const seen = await this.look();
        // Whom it has seen counts twice, until the next look.
        this.queue = this.sinceLook.reduce((queue, bank) => withOneMore(queue, bank), seen);
        await this.pause();
      }
    } catch {
      // A database that cannot be asked tells so whoever asks for room.
    } finally {
      this.queue = undefined;
      this.isWatching = false;
    }
  }
}
