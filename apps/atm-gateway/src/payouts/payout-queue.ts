import { roomFor } from '../outside/partner-calls.js';

/** The only one there is. */
export const payoutQueueKey = 'payouts';

/** Payouts that are accepted and not yet answered for: how many there are for each bank. */
export interface PayoutQueue {
  readonly key: typeof payoutQueueKey;
  readonly perBank: ReadonlyMap<string, number>;
  /** How many banks are known. */
  readonly banks: number;
}

/** Whether one more is taken. Where there are several banks, the last quarter is for those that have few waiting: one that hangs cannot have it all. */
export function hasRoom({ perBank, banks }: PayoutQueue, bank: string, capacity: number): boolean {
  const total = [...perBank.values()].reduce((sum, each) => sum + each, 0);
  if (banks <= 1) return total < capacity;
  return roomFor(perBank.get(bank) ?? 0, total, { perPartner: capacity, inTotal: capacity }) > 0;
}

export const withOneMore = (queue: PayoutQueue, bank: string): PayoutQueue => ({
  ...queue,
  perBank: new Map(queue.perBank).set(bank, (queue.perBank.get(bank) ?? 0) + 1),
});
