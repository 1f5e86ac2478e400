import RequestQueue from 'kafkajs/src/network/requestQueue/index.js';

interface Queue {
  readonly pending: readonly unknown[];
  readonly throttledUntil: number;
  scheduleCheckPendingRequests(): void;
}

/**
 * kafkajs 2.2.4 checks each connection's queue in a timer that, with nothing in it, starts itself again after a
 * millisecond: some 900 wake-ups a second per connection, for ever. With nothing pending there is nothing to check, and
 * whatever is put in later schedules its own check.
 */
const queue = RequestQueue.prototype as Queue;
const schedule = queue.scheduleCheckPendingRequests;
queue.scheduleCheckPendingRequests = function (this: Queue) {
  if (this.pending.length > 0 || this.throttledUntil > Date.now()) schedule.call(this);
};
