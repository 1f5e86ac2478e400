import { daySeconds, secondsUpTo, type Form } from './forms.js';
import type { Rule } from './rule.js';

interface Velocity {
  readonly count: number;
  readonly window_seconds: number;
}

const form: Form = { is: 'object', members: { count: { is: 'integer', most: 1_000 }, window_seconds: secondsUpTo(31 * daySeconds) } };

/** No more than so many spendings in any stretch of so many seconds, whatever their amounts. */
export const velocity: Rule<Velocity> = {
  ...{ name: 'velocity', ofAccounts: form, ofClients: form },
  instants: ({ count }) => count,
  refusal(_spending, { count, window_seconds: seconds }, { recent }, now) {
    const begin = now.getTime() - seconds * 1_000;
    if (recent.filter((at) => at.getTime() > begin).length < count) return undefined;
    return { code: 'limit-exceeded', detail: `may spend at most ${count} times in ${seconds} seconds` };
  },
};
