import type { Evidence, EvidenceSource } from './evidence.js';
import type { Says } from './partner-port.js';
import { weigh } from './weigh.js';

const said = (source: EvidenceSource, says: Says, paid?: bigint): Evidence => ({
  ...{ orderId: 'wdr_1', source, says, paid, partnerRef: undefined, reason: undefined, doubt: undefined, raw: '' },
  at: new Date('2026-01-31T12:00:00.000Z'),
});

describe('all evidence together', () => {
  it.each<[string, Evidence[]]>([
    ['of no answer', [said('reply', 'unknown'), said('inquiry', 'unknown')]],
    ['of "not found": it may still be on its way', [said('inquiry', 'never_heard')]],
    ['of being at it', [said('reply', 'in_progress')]],
    ['of nothing at all', []],
  ])('says nothing yet when it is %s', (_, evidence) => {
    expect(weigh(evidence)).toEqual({ verdict: { kind: 'open' }, claimed: undefined, contradicted: false });
  });

  it.each<[string, Evidence[], bigint]>([
    ['the whole amount', [said('reply', 'done', 500n)], 500n],
    ['a part', [said('reply', 'partial', 200n)], 200n],
    ['the same twice', [said('reply', 'done', 500n), said('inquiry', 'done', 500n)], 500n],
    ['after doubts', [said('reply', 'unknown'), said('inquiry', 'never_heard'), said('inquiry', 'done', 500n)], 500n],
  ])('says that money has left: %s', (_, evidence, amount) => {
    expect(weigh(evidence)).toEqual({ verdict: { kind: 'paid', amount }, claimed: amount, contradicted: false });
  });

  it.each<[Says, bigint | undefined]>([
    ['refused', 0n],
    ['tombstoned', 0n],
    ['retracted', 0n],
    ['reversed', undefined],
    ['not_sent', undefined],
  ])('says that nothing has left, and nothing will, when the answer was %s', (says, paid) => {
    expect(weigh([said('reply', says, paid)]).verdict.kind).toBe('unpaid');
  });

  it.each([undefined, 100n])('leaves it to people when cash was taken back and %s of it stayed out', (paid) => {
    expect(weigh([said('reply', 'retracted', paid)]).verdict.kind).toBe('unclear');
  });

  it('follows the weightiest witness, whoever spoke first or last, and says that others differ', () => {
    const [reply, inquiry, journal, operator] = [
      said('reply', 'refused', 0n),
      said('inquiry', 'done', 500n),
      said('journal', 'partial', 200n),
      said('operator', 'refused'),
    ];
    expect(weigh([inquiry, reply])).toMatchObject({ verdict: { kind: 'paid', amount: 500n }, contradicted: true });
    expect(weigh([journal, inquiry, reply])).toMatchObject({ verdict: { kind: 'paid', amount: 200n }, claimed: 200n });
    expect(weigh([operator, journal, inquiry, reply])).toMatchObject({ verdict: { kind: 'unpaid' }, claimed: 200n, contradicted: true });
  });

  it('decides nothing when equals contradict each other, and does not forget the money that one of them spoke of', () => {
    const heard = [said('reply', 'tombstoned', 0n), said('reply', 'done', 500n)];
    expect(weigh(heard)).toMatchObject({ verdict: { kind: 'unclear' }, claimed: 500n, contradicted: true });
  });
});
