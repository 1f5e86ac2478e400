import type { Report } from '@falconpay/invariants/report';
import { describeReport, reportAsJson } from './describe-report.js';

const report: Report = {
  ok: false,
  quiescent: false,
  pending: ['3 transfers PENDING'],
  invariants: [
    { invariant: 'I1', promise: 'Entries sum to zero', checked: 'fully', violations: 0 },
    { invariant: 'I4', promise: 'Balances are sums', checked: 'fully', violations: 7 },
    { invariant: 'I8', promise: 'Transfers end', checked: 'at-any-moment', violations: 0 },
    { invariant: 'I13', promise: 'Acknowledged is there', checked: 'not-checked', violations: 0 },
  ],
  violations: Array.from({ length: 7 }, (_, index) => ({ invariant: 'I4', subject: `account ${index}`, detail: 'is wrong' })),
  deadLetters: { count: 1, first: [{ topic: 'a.dlq', original: 'a/1/2', errorClass: 'Broken', message: 'not JSON' }] },
  counts: { accounts: 2, transfers: 5, completed: 1, failed: 1, pending: 3, orders: 6, transactions: 2, entries: 4, events: 7, records: 8 },
  money: { USD: 175_075n },
  tookMs: 1_234,
};

describe('a report for a person', () => {
  it('has a line per promise, and the first violations under those that are broken', () => {
    expect(describeReport(report, true).split('\n')).toEqual([
      'I1   ok           Entries sum to zero',
      'I4   7 VIOLATED   Balances are sums',
      ...[0, 1, 2, 3, 4].map((index) => `       account ${index}: is wrong`),
      '       … and 2 more',
      'I8   ok so far    Transfers end',
      'I13  not asked    Acknowledged is there',
      '',
      'The system was at work (3 transfers PENDING): "ok so far" promises were checked as far as they hold at any moment.',
      '1 dead letters wait for somebody to look at them:',
      '       a.dlq: a/1/2: Broken: not JSON',
      '5 transfers (1 completed, 1 failed, 3 pending), 6 orders, 2 accounts with 175075 USD in minor units, 4 entries, 7 events, 8 records; read in 1.2 s.',
      '7 violations.',
    ]);
  });

  it('is JSON when a program asks', () => {
    expect(JSON.parse(reportAsJson(report))).toMatchObject({ ok: false, money: { USD: 175_075 }, counts: { pending: 3 } });
  });
});
