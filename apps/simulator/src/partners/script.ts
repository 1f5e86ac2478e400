import { behaviourOf, PLAIN, type Behaviour } from './behaviour.js';
import type { Kind } from './words.js';

/** Which way of the network works; `refused`: the connection is cut before anything is heard. */
export const NETWORKS = ['up', 'requests_lost', 'answers_lost', 'refused'] as const;
/** What is wrong with the record that a partner hands out; nothing is wrong with what it keeps. */
export const RECORD_FAULTS = ['none', 'gap', 'duplicate', 'unknown_id', 'wrong_currency', 'wrong_total', 'truncated'] as const;

/** How a partner behaves, as it was told to. */
export interface Settings {
  /** Each for one command, in this order. */
  readonly next: readonly string[];
  /** For every command after those. */
  readonly then: string;
  /** Behaviour by chance instead of `then`, in percent. */
  readonly rates: Readonly<Record<string, number>>;
  readonly latency_ms: number;
  /** Up to so much more, by chance. */
  readonly latency_spread_ms: number;
  readonly network: (typeof NETWORKS)[number];
  readonly clock_offset_hours: number;
  readonly record_fault: (typeof RECORD_FAULTS)[number];
}

export const GOOD_SETTINGS: Settings = {
  next: [],
  then: 'success',
  rates: {},
  latency_ms: 0,
  latency_spread_ms: 0,
  network: 'up',
  clock_offset_hours: 0,
  record_fault: 'none',
};

/** Chosen for one command. `scripted`: it came from `next`, which is one shorter now. */
export interface Choice {
  readonly behaviour: Behaviour;
  readonly scripted: boolean;
}

/** `chance` and `latencyChance` are numbers from 0 up to 1. */
export function choose(settings: Settings, kind: Kind, chance: number, latencyChance: number): Choice {
  const [first] = settings.next;
  const named = first ?? drawn(settings, chance);
  const behaviour = behaviourOf(named, kind) ?? PLAIN;
  const latency = settings.latency_ms + Math.floor(latencyChance * settings.latency_spread_ms);
  return { behaviour: latency === 0 ? behaviour : { ...behaviour, worksMs: behaviour.worksMs + latency }, scripted: first !== undefined };
}

function drawn({ rates, then }: Settings, chance: number): string {
  let percent = chance * 100;
  for (const name in rates) {
    percent -= rates[name] ?? 0;
    if (percent < 0) return name;
  }
  return then;
}

/** The same numbers from 0 up to 1 for the same seed (mulberry32). */
export function chanceFrom(seed: string): () => number {
  let state = 0;
  for (const character of seed) state = (Math.imul(state, 31) + (character.codePointAt(0) ?? 0)) | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
