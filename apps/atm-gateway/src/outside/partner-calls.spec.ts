import { PartnerCalls } from './partner-calls.js';

const machine = (id: string) => ({ kind: 'machine', id }) as const;

describe('calls to partners', () => {
  test('have a bound for each partner, and come back when they end', () => {
    const calls = new PartnerCalls({ perPartner: 2, inTotal: 100 });
    const end = calls.reserve(machine('A'));
    expect(calls.reserve(machine('A'))).toBeDefined();
    expect(calls.reserve(machine('A'))).toBeUndefined();
    expect(calls.room({ kind: 'bank', id: 'A' })).toBe(2);
    end?.();
    expect(calls.room(machine('A'))).toBe(1);
  });

  test('have a bound in total, of which partners that hang cannot take everything', () => {
    const calls = new PartnerCalls({ perPartner: 8, inTotal: 40 });
    let begun = 0;
    for (let round = 0; round < 8; round += 1) for (const id of 'ABCDEFGHIJ') begun += calls.reserve(machine(id)) ? 1 : 0;
    expect(begun).toBe(30);
    expect(calls.room(machine('A'))).toBe(0);
    expect(calls.room(machine('healthy'))).toBe(2);
    for (let id = 0; id < 20; id += 1) begun += calls.reserve(machine(`N${id}`)) ? 1 : 0;
    expect(begun).toBe(40);
    expect(calls.room(machine('one more'))).toBe(0);
  });

  test('have the place that was kept for them, also when those who hold few have taken the rest meanwhile', () => {
    const calls = new PartnerCalls({ perPartner: 8, inTotal: 8 });
    const kept = Array.from({ length: 6 }, () => calls.reserve(machine('A')));
    const others = ['B', 'C'].map((id) => calls.reserve(machine(id)));
    expect([...kept, ...others]).not.toContain(undefined);
    // One of many is given back and begun in its place: to anybody else who holds as many there is no room.
    kept[0]?.();
    expect(calls.room(machine('A'))).toBe(0);
    const end = calls.begin(machine('A'));
    expect(calls.room(machine('D'))).toBe(0);
    end();
    expect(calls.room(machine('D'))).toBe(1);
  });
});
