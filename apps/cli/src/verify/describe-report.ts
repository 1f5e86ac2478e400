import type { InvariantResult, Report } from '@falconpay/invariants/report';

const shownPerInvariant = 5;

/** One line per promise, the first violations under those that are broken, and what was looked at. */
export function describeReport(report: Report, isRunning: boolean): string {
  return [
    ...report.invariants.flatMap((result) => [line(result), ...violationsOf(report, result)]),
    '',
    ...rest(report, isRunning),
    ...deadLetters(report),
    summary(report),
    report.ok ? 'All is right.' : `${report.invariants.reduce((sum, { violations }) => sum + violations, 0)} violations.`,
  ].join('\n');
}

export const reportAsJson = (report: Report): string =>
  JSON.stringify(report, (_key, value: unknown) => (typeof value === 'bigint' ? Number(value) : value), 2);

function line({ invariant, promise, checked, violations }: InvariantResult): string {
  const verdict =
    violations > 0 ? `${violations} VIOLATED` : { fully: 'ok', 'at-any-moment': 'ok so far', 'not-checked': 'not asked' }[checked];
  return `${invariant.padEnd(4)} ${verdict.padEnd(12)} ${promise}`;
}

function violationsOf(report: Report, { invariant, violations }: InvariantResult): string[] {
  const first = report.violations.filter((violation) => violation.invariant === invariant).slice(0, shownPerInvariant);
  const more = violations - first.length;
  return [...first.map(({ subject, detail }) => `       ${subject}: ${detail}`), ...(more > 0 ? [`       … and ${more} more`] : [])];
}

function rest({ quiescent, pending }: Report, isRunning: boolean): string[] {
  if (quiescent) return [];
  const why = isRunning ? 'The system was at work' : 'The system was stopped in the middle of its work';
  return [`${why} (${pending.join(', ')}): "ok so far" promises were checked as far as they hold at any moment.`];
}

function deadLetters({ deadLetters: { count, first } }: Report): string[] {
  if (count === 0) return [];
  const shown = first
    .slice(0, shownPerInvariant)
    .map(({ topic, original, errorClass, message }) => `       ${topic}: ${original}: ${errorClass}: ${message}`);
  return [`${count} dead letters wait for somebody to look at them:`, ...shown];
}

function summary({ counts, money, tookMs }: Report): string {
  const amounts = Object.entries(money).map(([currency, amount]) => `${amount} ${currency}`);
  return (
    `${counts.transfers} transfers (${counts.completed} completed, ${counts.failed} failed, ${counts.pending} pending), ` +
    `${counts.orders} orders, ${counts.accounts} accounts with ${amounts.length === 0 ? 'nothing' : amounts.join(', ')} in minor units, ` +
    `${counts.entries} entries, ${counts.events} events, ${counts.records} records; read in ${(tookMs / 1_000).toFixed(1)} s.`
  );
}
