import { duplicate, impossible, stale, type Lifecycle } from './lifecycle.js';

/** The lifecycle as a mermaid state diagram: the moves as arrows, what is ignored as a note, what is impossible left out. */
export function renderLifecycle<State extends string, Event extends string>(lifecycle: Lifecycle<State, Event>): string {
  const lines = ['stateDiagram-v2', `    [*] --> ${lifecycle.initial}`];
  for (const state of lifecycle.states) {
    for (const event of lifecycle.events) {
      const cell = lifecycle.on[state][event];
      if (typeof cell === 'string') lines.push(`    ${state} --> ${cell}: ${event}`);
    }
    if (lifecycle.isTerminal(state)) lines.push(`    ${state} --> [*]`);
  }
  return `${lines.join('\n')}\n`;
}

/** The whole table, every cell, as markdown. */
export function renderLifecycleTable<State extends string, Event extends string>(lifecycle: Lifecycle<State, Event>): string {
  const words = new Map<symbol, string>([
    [duplicate, 'duplicate'],
    [stale, 'stale'],
    [impossible, '**impossible**'],
  ]);
  const header = `| state | ${lifecycle.events.join(' | ')} |\n| --- |${' --- |'.repeat(lifecycle.events.length)}`;
  const rows = lifecycle.states.map((state) => {
    const cells = lifecycle.events.map((event) => {
      const cell = lifecycle.on[state][event];
      return typeof cell === 'string' ? `→ ${cell}` : words.get(cell);
    });
    return `| ${state} | ${cells.join(' | ')} |`;
  });
  return `${[header, ...rows].join('\n')}\n`;
}
