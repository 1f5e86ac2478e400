/** The event was applied before: answer as the first time, change nothing. */
export const duplicate: unique symbol = Symbol('duplicate');
/** The event is true but late: a later one has overtaken it. Change nothing. */
export const stale: unique symbol = Symbol('stale');
/** Cannot happen. When it does, a dead letter and an alert, never a silent change. */
export const impossible: unique symbol = Symbol('impossible');

export type Cell<State extends string> = State | typeof duplicate | typeof stale | typeof impossible;

/** Every state against every event; the type leaves no cell out and lets none in that is not there. */
export type LifecycleTable<State extends string, Event extends string> = { readonly [S in State]: { readonly [E in Event]: Cell<State> } };

export interface LifecycleDefinition<State extends string, Event extends string> {
  readonly name: string;
  readonly initial: State;
  readonly terminal: readonly State[];
  readonly on: LifecycleTable<State, Event>;
}

export interface Move<State extends string> {
  readonly to: State;
}
export type Transition<State extends string> = Move<State> | 'duplicate' | 'stale';

export interface Lifecycle<State extends string, Event extends string> extends LifecycleDefinition<State, Event> {
  readonly states: readonly State[];
  readonly events: readonly Event[];
  /** What the event does to the state; throws `InvariantViolation` on an impossible one. */
  transition(state: State, event: Event): Transition<State>;
  isTerminal(state: State): boolean;
}

/** The system contradicts itself. Whoever catches it sets the message aside and raises an alert; nobody retries it. */
export class InvariantViolation extends Error {
  override readonly name = 'InvariantViolation';
}

/** A table that cannot be right: found when the module is loaded, so no process starts with it. */
export class BrokenLifecycle extends Error {
  override readonly name = 'BrokenLifecycle';
}

export function defineLifecycle<State extends string, Event extends string>() {
  return (definition: LifecycleDefinition<State, Event>): Lifecycle<State, Event> => {
    const states = Object.keys(definition.on) as State[];
    const events = Object.keys(definition.on[definition.initial]) as Event[];
    refuseBrokenTable(definition, states);
    const terminal = new Set<string>(definition.terminal);
    const moves = Object.fromEntries(states.map((to) => [to, Object.freeze({ to })])) as Record<State, Move<State>>;
    return Object.freeze({
      ...definition,
      states,
      events,
      isTerminal: (state: State) => terminal.has(state),
      transition(state: State, event: Event): Transition<State> {
        const cell = definition.on[state]?.[event];
        if (cell === duplicate) return 'duplicate';
        if (cell === stale) return 'stale';
        if (cell === impossible || cell === undefined)
          throw new InvariantViolation(`${definition.name}: ${event} is impossible in ${state}`);
        return moves[cell as State];
      },
    });
  };
}

function refuseBrokenTable<State extends string, Event extends string>(
  definition: LifecycleDefinition<State, Event>,
  states: readonly State[],
): void {
  const { name, initial, terminal, on } = definition;
  const nextOf = (state: State) => (Object.values(on[state]) as Cell<State>[]).filter((cell): cell is State => typeof cell === 'string');
  const broken = (reason: string) => new BrokenLifecycle(`${name}: ${reason}`);
  const reached = new Set<State>([initial]);
  for (const state of reached) for (const next of nextOf(state)) reached.add(next);
  for (const state of states) {
    const leaves = nextOf(state).some((next) => next !== state);
    if (!reached.has(state)) throw broken(`${state} cannot be reached from ${initial}`);
    if (terminal.includes(state) && leaves) throw broken(`${state} is terminal and yet an event leaves it`);
    if (!terminal.includes(state) && !leaves) throw broken(`${state} is not terminal and no event leaves it`);
  }
}
