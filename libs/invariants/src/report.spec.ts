import { Findings } from './report.js';

describe('findings', () => {
  it('are all counted, and the first ones of each kind are kept', () => {
    const findings = new Findings(2);
    for (const account of ['1', '2', '3']) findings.add('I4', `account ${account}`, 'wrong');
    findings.add('I9', 'event 1', 'missing');
    expect(findings.kept.map(({ invariant, subject }) => `${invariant} ${subject}`)).toEqual([
      'I4 account 1',
      'I4 account 2',
      'I9 event 1',
    ]);
    expect([findings.of('I4'), findings.of('I9'), findings.of('I1'), findings.total]).toEqual([3, 1, 0, 4]);
  });

  it('that were counted elsewhere add up', () => {
    const findings = new Findings(50);
    findings.addAll('I1', [{ subject: 'transaction 1', detail: 'unbalanced' }], 700);
    findings.addAll('I1', [], 0);
    expect([findings.of('I1'), findings.kept.length]).toEqual([700, 1]);
  });
});
