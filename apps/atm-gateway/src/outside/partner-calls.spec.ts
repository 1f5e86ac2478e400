import { PartnerCalls } from './partner-calls.js';

const machine = (id: string) => ({ kind: 'machine', id }) as const;

describe('calls to partners', () => {
  test('have a bound for each partner, and come back when they end', () => {
    const calls = new PartnerCalls({ perPartner: 2, inTotal: 100 });
    const end = calls.begin(machine('A'));
    expect(calls.begin(machine('A'))).toBeDefined();
    expect(calls.begin(machine('A'))).toBeUndefined();
    expect(calls.room({ kind: 'bank', id: 'A' })).toBe(2);
    end?.();
    expect(calls.room(machine('A'))).toBe(1);
  });

  test('have a bound in total, of which partners that hang cannot take everything', () => {
    const calls = new PartnerCalls({ perPartner: 8, inTotal: 40 });
    let begun = 0;
    for (let round = 0; round < 8; round += 1) for (const id of 'ABCDEFGHIJ') begun += calls.begin(machine(id)) ? 1 : 0;
    expect(begun).toBe(30);
    expect(calls.room(machine('A'))).toBe(0);
    expect(calls.room(machine('healthy'))).toBe(2);
    for (let id = 0; id < 20; id += 1) begun += calls.begin(machine(`N${id}`)) ? 1 : 0;
    expect(begun).toBe(40);
    expect(calls.room(machine('one more'))).toBe(0);
  });
});
