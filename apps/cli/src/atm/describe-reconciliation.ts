import { currency } from '@falconpay/money/currency';
import { formatMoney } from '@falconpay/money/money';

interface CountAndSum {
  readonly count: number;
  readonly sum: number;
}

/** A partner's day as the gateway answers it. */
export interface Reconciliation {
  readonly status: 'TAKEN' | 'REFUSED' | 'UNREACHABLE';
  readonly partner: string;
  readonly date: string;
  readonly reason?: string;
  readonly totals: readonly {
    readonly currency: string;
    readonly agrees: boolean;
    readonly ours: CountAndSum;
    readonly out: CountAndSum;
    readonly back: CountAndSum;
  }[];
  readonly matched: number;
  readonly broken: number;
  readonly breaks?: readonly { readonly item: string; readonly class: string; readonly evidence: string }[];
}

/** Totals first, then what does not fit, one to a line. */
export function describeReconciliation({ status, partner, date, reason, totals, matched, broken, breaks = [] }: Reconciliation): string {
  if (status !== 'TAKEN')
    return `${status === 'REFUSED' ? 'Refused' : 'Could not be had'}: the journal of ${partner} of ${date}: ${reason ?? 'no reason given'}.`;
  return [
    ...(totals.length === 0 ? [`${partner}, ${date}: no money moved.`] : []),
    ...totals.map((total) => {
      const said = (side: CountAndSum): string => `${side.count} of ${amountOf(side.sum, total.currency)}`;
      const back = total.back.count > 0 ? `, ${said(total.back)} back` : '';
      return `${partner}, ${date}: we paid for ${said(total.ours)}; there left ${said(total.out)}${back}: ${total.agrees ? 'they agree' : 'THEY DIFFER'}`;
    }),
    ...breaks.map(({ item, class: found, evidence }) => `${found.padEnd(18)} ${item}: ${evidence}`),
    `${matched} matched, ${broken} broken.`,
  ].join('\n');
}

const amountOf = (sum: number, code: string): string => {
  const money = { amount: BigInt(sum), currency: currency(code) };
  return `${formatMoney(money)} ${code}`;
};
