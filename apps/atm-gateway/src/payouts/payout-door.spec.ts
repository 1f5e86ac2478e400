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
const answered = (status: number, bank = 'A') => door.through(bank, () => Promise.resolve({ status }));
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

  it('lets only as many ask as there is room for by the last look', async () => {
    await found(queueOf({ A: 4 }), queueOf({ A: 2 }));
    expect(door.turnsAway('A')).toBe(true);
    await lookAgain();
    const asks: Promise<unknown>[] = [];
    for (const bank of ['A', 'A', 'A']) if (!door.turnsAway(bank)) asks.push(answered(202, bank));
    expect(asks).toHaveLength(2);
    await Promise.all(asks);
  });

  it('counts those that are still on their way when it looks', async () => {
    await found(queueOf({ A: 4 }), queueOf({ A: 3 }));
    door.turnsAway('A');
    let tell: (reply: { status: number }) => void = () => undefined;
    const asking = door.through('A', () => new Promise<{ status: number }>((resolve) => (tell = resolve)));
    await lookAgain();
    expect(door.turnsAway('A')).toBe(true);
    tell({ status: 202 });
    await asking;
  });

  it('counts those that were let in while it looked', async () => {
    let tell: (seen: PayoutQueue) => void = () => undefined;
    const slow = new PayoutDoor(
      () => new Promise<PayoutQueue>((resolve) => (tell = resolve)),
      capacity,
      () => undefined,
      turn,
    );
    await slow.through('A', () => Promise.resolve({ status: 503 }));
    await slow.through('A', () => Promise.resolve({ status: 202 }));
    tell(queueOf({ A: 3 }));
    await Promise.resolve();
    await Promise.resolve();
    expect(slow.turnsAway('A')).toBe(true);
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
