import { childOf, continueTrace, formatTraceparent, newTrace, parseTraceparent, randomHex } from './traceparent.js';

const header = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';

describe('traceparent', () => {
  test('reads what it writes', () => {
    expect(parseTraceparent(header)).toEqual({ traceId: '4bf92f3577b34da6a3ce929d0e0e4736', spanId: '00f067aa0ba902b7', sampled: true });
    const trace = newTrace();
    expect(parseTraceparent(formatTraceparent(trace))).toEqual(trace);
  });

  test('a child stays in the trace and names its parent', () => {
    const parent = newTrace();
    const child = childOf(parent);
    expect(child).toMatchObject({ traceId: parent.traceId, parentSpanId: parent.spanId });
    expect(child.spanId).not.toBe(parent.spanId);
  });

  test.each([
    undefined,
    '',
    'nonsense',
    ['00-a', '00-b'],
    header.toUpperCase(),
    `ff${header.slice(2)}`,
    `${header}-more`,
    header.replace(/[0-9a-f]{32}/, '0'.repeat(32)),
    header.replace('00f067aa0ba902b7', '0'.repeat(16)),
  ])('%p starts a new trace', (wrong) => {
    expect(parseTraceparent(wrong)).toBeUndefined();
    expect(continueTrace(wrong).traceId).toMatch(/^[0-9a-f]{32}$/);
  });

  test('a later version may have more fields', () => {
    expect(parseTraceparent(`01${header.slice(2)}-more`)?.spanId).toBe('00f067aa0ba902b7');
  });

  test('ten thousand ids are all different', () => {
    expect(new Set(Array.from({ length: 10_000 }, () => randomHex(8))).size).toBe(10_000);
  });
});
