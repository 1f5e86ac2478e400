import { replayLifecycle, type ReplayEvent, type ReplayState } from './replay.lifecycle.js';

/** A job: dead letters that were selected at one moment are sent again to the group that failed, and followed to the end. */
export interface Replay {
  readonly id: string;
  readonly state: ReplayState;
  readonly who: string;
  /** JSON: what was asked for. What it found then are the items. */
  readonly selection: string;
  readonly reason: string | undefined;
  readonly perSecond: number;
  /** So many are sent, and must have come through, before the rest follows. */
  readonly canary: number;
  /** Why it stopped by itself. */
  readonly stoppedBy: string | undefined;
  readonly version: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** Undefined when it cannot be: the replay has moved on. */
export function movedReplay(replay: Replay, event: ReplayEvent, now: Date, stoppedBy?: string): Replay | undefined {
  const transition = replayLifecycle.transition(replay.state, event);
  if (transition === 'stale') return undefined;
  if (transition === 'duplicate') return replay;
  return { ...replay, state: transition.to, stoppedBy, version: replay.version + 1, updatedAt: now };
}
