import type { Statement } from '@falconpay/postgres/transaction';

export interface CountRow {
  readonly at: Date;
  readonly topic: string;
  readonly consumer_group: string;
  readonly count: number;
}

/** By when they failed last: `$1` is the width of a step, `hour` or `day`. */
export const countsOverTime: Statement = {
  name: 'count dead letters over time',
  text: `select date_trunc($1, failed_at) as at, topic, consumer_group, count(*)::int as count from dead_letters
    where failed_at >= $2 group by 1, 2, 3 order by 1, 2, 3`,
};

const hourMs = 3_600_000;
const steps = { hour: { spanMs: 48 * hourMs }, day: { spanMs: 60 * 24 * hourMs } } as const;
export type Step = keyof typeof steps;
export const stepNames = Object.keys(steps) as Step[];

/** As many steps as fit on a page of paper. */
export const beginOf = (step: Step, now: Date): Date => new Date(now.getTime() - steps[step].spanMs);
