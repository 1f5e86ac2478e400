import { orderKinds, wordsOf, type OrderKind } from '../partners-in-books.js';
import type { Proof } from './run-prove.js';

/** A proof in a few lines, for a person. */
export function describeProof(proof: Proof): string {
  const { load, report, kills } = proof;
  const { counts } = report;
  const rows: [string, string][] = [
    ['seed', String(proof.seed)],
    ['duration', `${proof.seconds} s`],
    ['kills', `${total(kills)} (${each(kills)})`],
    ['other faults', `${proof.zombies} stopped past their session, ${proof.cleanBrokerRestarts} clean broker restarts`],
    ['load', `${load.operations} operations in ${load.requests} requests, ${load.bulks} bulks`],
    [
      'transfers',
      `${load.accepted} accepted (${load.refunds} of them refunds), ${counts.completed} completed, ${counts.failed} failed, ${counts.pending} pending`,
    ],
    [
      'at the counter',
      `${load.deposits} deposits (${load.releasedLater} released later), ${load.withdrawals} withdrawals, ${load.refusedAtCounter} refused`,
    ],
    ['holds', `${load.holds} placed, ${load.captured} captured, ${load.released} given back; the others expired or stand`],
    ...orderKinds.map((kind): [string, string] => [`at ${wordsOf[kind].partner}s`, atPartners(proof, kind)]),
    ['unknown to a client', `${load.unknownRequests} requests; ${load.unknownsResolved} operations resolved, ${load.unresolved} not`],
    ['duplicates absorbed', `${proof.absorbed.events} events, ${proof.absorbed.requests} requests (${load.repeatedOnPurpose} on purpose)`],
    [
      'sent again',
      `${proof.sentAgain} records that a broker's answer did not cover; ${counts.records - counts.events} records more than events`,
    ],
    ['longest standstill', `${proof.longestStandstillSeconds} s without a decided transfer`],
    ['money', `${money(report.money)} of customers; with the bank's own accounts zero at all of ${proof.looks} looks`],
    [
      'books',
      `${counts.transfers} transfers, ${counts.entries} entries, ${counts.events} events, ${report.deadLetters.count} dead letters; read in ${report.tookMs} ms`,
    ],
    ['violations', String(proof.violations.length)],
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  return [
    ...rows.map(([name, value]) => `${name.padEnd(width)}  ${value}`),
    ...proof.violations.slice(0, 40).map((violation) => `  VIOLATION ${violation}`),
    ...(proof.home === undefined ? [] : [`the data folder is kept: ${proof.home}`]),
  ].join('\n');
}

function atPartners({ load, outside }: Proof, kind: OrderKind): string {
  const { byStatus, moved, booked, open, broken } = outside[kind];
  const sums = `${moved} moved by their journals: ${booked} in our ledger, ${open} open, ${broken} against their word`;
  return `${load.outside[kind]} ${kind}s (${each(byStatus)}); ${sums}`;
}

const each = (counts: Readonly<Record<string, number>>): string =>
  Object.entries(counts)
    .map(([name, count]) => `${name} ${count}`)
    .join(', ');
const total = (counts: Readonly<Record<string, number>>): number => Object.values(counts).reduce((sum, count) => sum + count, 0);
const money = (amounts: Readonly<Record<string, bigint>>): string =>
  Object.entries(amounts)
    .map(([currency, amount]) => `${amount} ${currency}`)
    .join(', ');
