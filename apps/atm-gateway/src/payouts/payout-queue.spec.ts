import { hasRoom, payoutQueueKey, withOneMore, type PayoutQueue } from './payout-queue.js';

const queueOf = (banks: number, waiting: Readonly<Record<string, number>> = {}): PayoutQueue => ({
  ...{ key: payoutQueueKey, banks, perBank: new Map(Object.entries(waiting)) },
});

/** How many this bank gets in, one after the other. */
function admitted(queue: PayoutQueue, bank: string, capacity: number): number {
  let count = 0;
  for (let at = queue; hasRoom(at, bank, capacity); at = withOneMore(at, bank)) count += 1;
  return count;
}

describe('the queue of payouts', () => {
  it.each([
    ['is all for a bank that is the only one', queueOf(1), 'A', 150, 150],
    ['may be as small as one', queueOf(1), 'A', 1, 1],
    ['is full', queueOf(1, { A: 150 }), 'A', 150, 0],
    ['keeps a quarter back where there are more banks', queueOf(2), 'A', 150, 113],
    ['has some of that quarter for a bank that has few waiting', queueOf(2, { A: 113 }), 'B', 150, 37],
    ['has none of it for the one that has the rest', queueOf(2, { A: 113 }), 'A', 150, 0],
    ['is full for everybody in the end', queueOf(3, { A: 113, B: 37 }), 'C', 150, 0],
    ['may be as small as one with several banks', queueOf(4), 'A', 1, 1],
  ])('%s', (_, queue, bank, capacity, expected) => expect(admitted(queue, bank, capacity)).toBe(expected));
});
