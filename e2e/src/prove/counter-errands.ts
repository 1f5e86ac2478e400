import { accounts, moreThanThereIs } from './accounts.js';
import { isRefused, operationOf, smallAmount, spendingRefusals, surprise, usd, type Errand } from './errand.js';
import type { Random } from './random.js';

/** What was paid in or out, as it was ordered and acknowledged. */
export interface Posting {
  readonly id: string;
  readonly type: 'deposit' | 'withdrawal';
  readonly account: string;
  /** Below zero when it left the account. */
  readonly amount: number;
  /** Of a deposit that was not released at once. */
  readonly releaseAt?: string;
}

type Released = 'at once' | 'later';

/** Some of them while the load still runs, some not before it is long over. */
const releasedInMs = { soon: [100, 15_000], muchLater: [86_400_000, 365 * 86_400_000] } as const;

/** Pays in and out at the counter. */
export class CounterErrands {
  readonly postings: Posting[] = [];
  readonly counts = { refusedAtCounter: 0 };

  constructor(
    private readonly url: string,
    private readonly random: Random,
  ) {}

  deposit(released: Released, account = this.random.pick(accounts), amount = smallAmount(this.random)): Errand {
    const release_at = released === 'later' ? this.later() : undefined;
    const operation = operationOf(`${this.url}/v1/accounts/${account}/deposits`, this.random, { amount: usd(amount), release_at });
    return {
      operation,
      learn: (answer) => {
        if (answer.status !== 201) return surprise(operation, answer);
        const { id, account: accountId, created_at } = JSON.parse(answer.text) as { id: string; account: string; created_at: string };
        const waits = release_at !== undefined && release_at > created_at;
        this.postings.push({ id, type: 'deposit', account: accountId, amount, ...(waits && { releaseAt: release_at }) });
        return undefined;
      },
    };
  }

  withdrawal(wanted: 'little' | 'too much'): Errand {
    const amount = wanted === 'too much' ? moreThanThereIs : smallAmount(this.random);
    const operation = operationOf(`${this.url}/v1/accounts/${this.random.pick(accounts)}/withdrawals`, this.random, {
      amount: usd(amount),
    });
    return {
      operation,
      learn: (answer) => {
        if (isRefused(answer, ...spendingRefusals)) {
          this.counts.refusedAtCounter += 1;
          return undefined;
        }
        if (answer.status !== 201 || wanted === 'too much') return surprise(operation, answer);
        const { id, account } = JSON.parse(answer.text) as { id: string; account: string };
        this.postings.push({ id, type: 'withdrawal', account, amount: -amount });
        return undefined;
      },
    };
  }

  private later(): string {
    const [least, most] = releasedInMs[this.random.next() < 0.7 ? 'soon' : 'muchLater'];
    return new Date(Date.now() + this.random.between(least, most)).toISOString();
  }
}
