import { defineLifecycle, duplicate, stale } from '@falconpay/lifecycle/lifecycle';

/** `stopped`: by itself, since something failed in a new way. */
export type ReplayState = 'draft' | 'running' | 'paused' | 'stopped' | 'done' | 'aborted';
export type ReplayEvent = 'start' | 'pause' | 'stop' | 'finish' | 'abort';

/** What is on its way is not called back: whatever ends a replay waits for that, or leaves it to the inbox. */
export const replayLifecycle = defineLifecycle<ReplayState, ReplayEvent>()({
  name: 'replay',
  initial: 'draft',
  terminal: ['done', 'aborted'],
  on: {
    draft: { start: 'running', pause: stale, stop: stale, finish: stale, abort: 'aborted' },
    running: { start: duplicate, pause: 'paused', stop: 'stopped', finish: 'done', abort: 'aborted' },
    paused: { start: 'running', pause: duplicate, stop: 'stopped', finish: 'done', abort: 'aborted' },
    stopped: { start: 'running', pause: stale, stop: duplicate, finish: 'done', abort: 'aborted' },
    done: { start: stale, pause: stale, stop: stale, finish: duplicate, abort: stale },
    aborted: { start: stale, pause: stale, stop: stale, finish: stale, abort: duplicate },
  },
});
