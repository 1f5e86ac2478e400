import { CircuitBreaker, hasAnswered } from './circuit-breaker.js';

const breaker = () => new CircuitBreaker({ failures: 3, pauseMs: 100 });

function fail(circuit: CircuitBreaker, times: number, now = 0): void {
  for (let count = 0; count < times; count += 1) circuit.began('bank/A')(false, now);
}

describe('a circuit', () => {
  it('lets everything through until so many calls in a row were not answered', () => {
    const circuit = breaker();
    fail(circuit, 2);
    circuit.began('bank/A')(true, 0);
    fail(circuit, 2);
    expect(circuit.allowed('bank/A', 10, 0)).toBe(10);
    fail(circuit, 1);
    expect(circuit.allowed('bank/A', 10, 0)).toBe(0);
    expect(circuit.open()).toEqual(['bank/A']);
  });

  it('of one partner is none of another', () => {
    const circuit = breaker();
    fail(circuit, 3);
    expect(circuit.allowed('bank/B', 10, 0)).toBe(10);
  });

  it('lets one call try after a pause, and closes when that is answered', () => {
    const circuit = breaker();
    fail(circuit, 3);
    expect(circuit.allowed('bank/A', 10, 99)).toBe(0);
    expect(circuit.allowed('bank/A', 10, 100)).toBe(1);
    const probe = circuit.began('bank/A');
    expect(circuit.allowed('bank/A', 10, 100)).toBe(0);
    probe(true, 110);
    expect(circuit.allowed('bank/A', 10, 110)).toBe(10);
  });

  it('waits twice as long after each try that was not answered, a minute at most', () => {
    const circuit = breaker();
    fail(circuit, 3);
    let now = 0;
    const pauses: number[] = [];
    for (let tries = 0; tries < 12; tries += 1) {
      let pause = 0;
      while (circuit.allowed('bank/A', 1, now + pause) === 0) pause += 100;
      pauses.push(pause);
      now += pause;
      circuit.began('bank/A')(false, now);
    }
    expect(pauses.slice(0, 4)).toEqual([100, 200, 400, 800]);
    expect(pauses.at(-1)).toBe(60_000);
  });

  it('does not open further by what was under way when it opened', () => {
    const circuit = breaker();
    const underWay = [circuit.began('bank/A'), circuit.began('bank/A')];
    fail(circuit, 3);
    for (const end of underWay) end(false, 90);
    expect(circuit.allowed('bank/A', 1, 100)).toBe(1);
  });

  it('takes no room for what there is none', () => {
    const circuit = breaker();
    fail(circuit, 3);
    expect(circuit.allowed('bank/A', 0, 100)).toBe(0);
  });
});

describe('an answer', () => {
  it.each(['time-out', 'connection-lost', 'unexpected-status', 'no-connection'] as const)('%s is none', (doubt) =>
    expect(hasAnswered({ doubt })).toBe(false),
  );
  it.each([undefined, 'partner-does-not-know', 'broken-answer', 'answers-another-order'] as const)('%s is one', (doubt) =>
    expect(hasAnswered(doubt === undefined ? {} : { doubt })).toBe(true),
  );
});
