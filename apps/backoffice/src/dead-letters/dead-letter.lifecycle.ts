import { defineLifecycle, duplicate, stale } from '@falconpay/lifecycle/lifecycle';

export type DeadLetterState = 'waiting' | 'replaying' | 'resolved' | 'discarded' | 'archived';
/**
 * `resolve` is the consumer's inbox saying that it has the event, and nothing else. `return`: it failed again, as a letter of its own.
 * `refuse`: its consumer would not have it, and somebody has to look at it once more.
 */
export type DeadLetterEvent = 'replay' | 'return' | 'refuse' | 'resolve' | 'discard' | 'archive';

/** What operators want that cannot be is refused before it is asked of the table: here it changes nothing. */
export const deadLetterLifecycle = defineLifecycle<DeadLetterState, DeadLetterEvent>()({
  name: 'dead-letter',
  initial: 'waiting',
  terminal: ['resolved', 'discarded', 'archived'],
  on: {
    waiting: { replay: 'replaying', return: stale, refuse: stale, resolve: 'resolved', discard: 'discarded', archive: 'archived' },
    replaying: { replay: duplicate, return: 'archived', refuse: 'waiting', resolve: 'resolved', discard: stale, archive: stale },
    resolved: { replay: stale, return: stale, refuse: stale, resolve: duplicate, discard: stale, archive: stale },
    discarded: { replay: stale, return: stale, refuse: stale, resolve: stale, discard: duplicate, archive: stale },
    archived: { replay: stale, return: stale, refuse: stale, resolve: stale, discard: stale, archive: duplicate },
  },
});
