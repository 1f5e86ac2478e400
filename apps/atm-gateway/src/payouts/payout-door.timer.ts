import { setTimeout as sleep } from 'node:timers/promises';
import { hasRoom, type PayoutQueue } from './payout-queue.js';

const LOOK_EVERY_MS = 50;

/** A reply's status when there was no room. */
const NO_ROOM = 503;

/**
 * Says no at once to whom the transaction said no a moment ago, so that those who cannot get in neither wait for its lock nor hold up
 * those who can. It knows the queue by looking, only while it is full, and never lets anybody in: that is decided under the lock. Nor does
 * it count along: it would have to know who has left, and keep those out who find room beside a bank that hangs.
 */
export class PayoutDoor {
  /** As last seen; undefined while there is room for all we know. */
  private queue: PayoutQueue | undefined;
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

  /** Sees from the answer whether there was room. */
  async through<Reply extends { readonly status: number }>(asked: Promise<Reply>): Promise<Reply> {
    const reply = await asked;
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
        this.queue = await this.look();
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
