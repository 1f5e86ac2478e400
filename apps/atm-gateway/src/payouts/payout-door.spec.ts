import { PayoutDoor } from './payout-door.timer.js';
import { payoutQueueKey, type PayoutQueue } from './payout-queue.js';

const capacity = 4;
const queueOf = (waiting: Readonly<Record<string, number>>, banks = 1): PayoutQueue => ({
  ...{ key: payoutQueueKey, banks, perBank: new Map(Object.entries(waiting)) },
});

let turnedAway: number;
/** What the next looks see; a look at nothing is one at a database that is gone. */
let seen: (PayoutQueue | undefined)[];
let goOn: () => void;
let door: PayoutDoor;
beforeEach(() => {
  turnedAway = 0;
  seen = [];
  const look = () => {
    const next = seen.shift();
    return next ? Promise.resolve(next) : Promise.reject(new Error('gone'));
  };
  const pause = () => new Promise<void>((resolve) => (goOn = resolve));
  door = new PayoutDoor(look, capacity, () => (turnedAway += 1), pause);
});

const turn = () => new Promise((resolve) => setImmediate(resolve));
const answered = (status: number) => door.through(Promise.resolve({ status }));
async function found(...queues: (PayoutQueue | undefined)[]): Promise<void> {
  seen = queues;
  await answered(503);
  await turn();
}
async function lookAgain(): Promise<void> {
  goOn();
  await turn();
}

describe('the door of the queue of payouts', () => {
  it('is open while there is room', async () => {
    await answered(202);
    await answered(404);
    expect(door.turnsAway('A')).toBe(false);
    expect(seen).toEqual([]);
  });

  it('says no at once when the queue was full, and counts to whom', async () => {
    await found(queueOf({ A: 4 }));
    expect([door.turnsAway('A'), door.turnsAway('A'), turnedAway]).toEqual([true, true, 2]);
  });

  it('keeps nobody out for whom there was room at the last look', async () => {
    await found(queueOf({ A: 4 }), queueOf({ A: 3 }));
    expect(door.turnsAway('A')).toBe(true);
    await lookAgain();
    for (let count = 0; count < 3; count += 1) {
      expect(door.turnsAway('A')).toBe(false);
      await answered(202);
    }
  });

  it('is open for a bank that has room while another has none', async () => {
    await found(queueOf({ A: 3 }, 2));
    expect([door.turnsAway('A'), door.turnsAway('B')]).toEqual([true, false]);
  });

  it('is open again when nobody had to stay out since the last look', async () => {
    await found(queueOf({ A: 4 }));
    await lookAgain();
    expect(door.turnsAway('A')).toBe(false);
    await found(queueOf({ A: 4 }));
    expect(door.turnsAway('A')).toBe(true);
  });

  it('is open when it cannot look, also after a while', async () => {
    await found(undefined);
    expect(door.turnsAway('A')).toBe(false);
    await found(queueOf({ A: 4 }), undefined);
    expect(door.turnsAway('A')).toBe(true);
    await lookAgain();
    expect(door.turnsAway('A')).toBe(false);
  });
});
