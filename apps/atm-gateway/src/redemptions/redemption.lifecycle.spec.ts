import { redemptionLifecycle as lifecycle, type RedemptionState } from './redemption.lifecycle.js';

function reachedFrom(state: RedemptionState): Set<RedemptionState> {
  const reached = new Set<RedemptionState>([state]);
  for (const at of reached)
    for (const event of lifecycle.events) {
      const cell = lifecycle.on[at][event];
      if (typeof cell === 'string') reached.add(cell);
    }
  return reached;
}

describe('the life of a redemption', () => {
  it.each(['REVERSING', 'REVERSED', 'DECLINED'] as const)('never leads from %s to a credit, whatever is said later', (state) => {
    for (const credited of ['CREDITING', 'COMPLETED'] as const) expect(reachedFrom(state)).not.toContain(credited);
  });

  it('leads to a credit by an approval alone, and to COMPLETED by the wallet’s word alone', () => {
    const ways = lifecycle.states.flatMap((state) =>
      lifecycle.events.flatMap((event) =>
        ['CREDITING', 'COMPLETED'].includes(lifecycle.on[state][event] as string) ? [`${state} ${event}`] : [],
      ),
    );
    expect(ways).toEqual(['CASHING_OUT approve', 'CREDITING credit']);
  });

  it('undoes what the institution charges although it had said that it would not', () => {
    for (const state of ['DECLINED', 'REVERSED'] as const) expect(lifecycle.transition(state, 'approve')).toEqual({ to: 'REVERSING' });
  });
});
