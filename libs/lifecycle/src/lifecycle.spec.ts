import { BrokenLifecycle, InvariantViolation, defineLifecycle, duplicate, impossible, stale } from './lifecycle.js';
import { renderLifecycle, renderLifecycleTable } from './render-lifecycle.js';

type State = 'PENDING' | 'COMPLETED' | 'FAILED';
type Event = 'completed' | 'failed' | 'noticed';

const transfer = defineLifecycle<State, Event>()({
  name: 'transfer',
  initial: 'PENDING',
  terminal: ['COMPLETED', 'FAILED'],
  on: {
    PENDING: { completed: 'COMPLETED', failed: 'FAILED', noticed: 'PENDING' },
    COMPLETED: { completed: duplicate, failed: impossible, noticed: stale },
    FAILED: { completed: impossible, failed: duplicate, noticed: stale },
  },
});

describe('a lifecycle', () => {
  test('moves, repeats and overtakes as its table says', () => {
    expect(transfer.transition('PENDING', 'completed')).toEqual({ to: 'COMPLETED' });
    expect(transfer.transition('COMPLETED', 'completed')).toBe('duplicate');
    expect(transfer.transition('COMPLETED', 'noticed')).toBe('stale');
  });

  test('throws on what is impossible, and on what is not in the table', () => {
    expect(() => transfer.transition('FAILED', 'completed')).toThrow(InvariantViolation);
    expect(() => transfer.transition('GONE' as State, 'completed')).toThrow(InvariantViolation);
    expect(() => transfer.transition('PENDING', 'exploded' as Event)).toThrow(InvariantViolation);
  });

  test('knows its terminal states', () => {
    expect(transfer.states.filter((state) => transfer.isTerminal(state))).toEqual(['COMPLETED', 'FAILED']);
  });

  test('does not compile with a missing or an extra cell, nor with a state that does not exist', () => {
    const define = defineLifecycle<'A' | 'B', 'go'>();
    const head = { name: 'x', initial: 'A', terminal: ['B'] } as const;
    // @ts-expect-error the row B has no cell for go
    expect(() => define({ ...head, on: { A: { go: 'B' }, B: {} } })).not.toThrow();
    // @ts-expect-error the row B is missing
    expect(() => define({ ...head, on: { A: { go: 'B' } } })).toThrow();
    // @ts-expect-error stop is no event
    expect(() => define({ ...head, on: { A: { go: 'B', stop: 'B' }, B: { go: duplicate } } })).not.toThrow();
    // @ts-expect-error C is no state
    expect(() => define({ ...head, on: { A: { go: 'C' }, B: { go: duplicate } } })).toThrow();
  });

  test('cannot be unreachable, open-ended at its end or stuck before it', () => {
    const define = defineLifecycle<'A' | 'B', 'go'>();
    expect(() => define({ name: 'x', initial: 'A', terminal: ['A', 'B'], on: { A: { go: stale }, B: { go: stale } } })).toThrow(
      BrokenLifecycle,
    );
    expect(() => define({ name: 'x', initial: 'A', terminal: ['B'], on: { A: { go: 'B' }, B: { go: 'A' } } })).toThrow(/B is terminal/);
    expect(() => define({ name: 'x', initial: 'A', terminal: [], on: { A: { go: 'B' }, B: { go: stale } } })).toThrow(/no event leaves/);
  });

  test('draws itself', () => {
    expect(renderLifecycle(transfer)).toBe(
      [
        'stateDiagram-v2',
        '    [*] --> PENDING',
        '    PENDING --> COMPLETED: completed',
        '    PENDING --> FAILED: failed',
        '    PENDING --> PENDING: noticed',
        '    COMPLETED --> [*]',
        '    FAILED --> [*]',
        '',
      ].join('\n'),
    );
    expect(renderLifecycleTable(transfer)).toContain('| COMPLETED | duplicate | **impossible** | stale |');
  });
});
