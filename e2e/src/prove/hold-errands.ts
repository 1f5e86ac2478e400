import { accounts } from './accounts.js';
import { isRefused, operationOf, smallAmount, spendingRefusals, surprise, usd, type Errand } from './errand.js';
import type { Random } from './random.js';

/** A hold that was acknowledged, and what was said of it since. */
export interface KnownHold {
  readonly id: string;
  readonly account: string;
  /** The account's number, by which it was asked for. */
  readonly number: string;
  readonly amount: number;
  readonly expires: boolean;
  /** As it was answered to the one whose word ended it. */
  end?: { readonly status: 'CAPTURED' | 'RELEASED'; readonly captured: number };
  /** Somebody was told that it had ended already. */
  wasOver?: true;
}

type Lifetime = 'long' | 'short';

const shortLifetimeMs = [300, 6_000] as const;

/** Sets money apart, and takes it or gives it back; some holds are left to expire, some to stay. */
export class HoldErrands {
  readonly holds: KnownHold[] = [];
  private readonly open: KnownHold[] = [];

  constructor(
    private readonly url: string,
    private readonly random: Random,
  ) {}

  place(lifetime: Lifetime): Errand {
    const amount = smallAmount(this.random);
    const expires = lifetime === 'short';
    const expires_at = expires ? new Date(Date.now() + this.random.between(...shortLifetimeMs)).toISOString() : undefined;
    const body = { amount: usd(amount), expires_at };
    const number = this.random.pick(accounts);
    const operation = operationOf(`${this.url}/v1/accounts/${number}/holds`, this.random, body);
    return {
      operation,
      learn: (answer) => {
        // What an outage held up for so long that its time is over is refused, too.
        if (isRefused(answer, ...spendingRefusals, ...(expires ? ['expired'] : []))) return undefined;
        if (answer.status !== 201) return surprise(operation, answer);
        const { id, account } = JSON.parse(answer.text) as { id: string; account: string };
        const hold: KnownHold = { id, account, number, amount, expires };
        this.holds.push(hold);
        this.open.push(hold);
        return undefined;
      },
    };
  }

  /** One word on a hold that nobody else has said one on. */
  end(): Errand | undefined {
    const hold = this.takeOpen();
    return hold && (this.random.next() < 0.6 ? this.capture(hold) : this.release(hold));
  }

  /** Two words for one hold. Whoever says them at once is answered by one yes. */
  race(): readonly Errand[] {
    const hold = this.takeOpen();
    return hold ? [this.capture(hold), this.release(hold)] : [];
  }

  private capture(hold: KnownHold): Errand {
    const amount = this.random.next() < 0.5 ? hold.amount : this.random.between(1, hold.amount);
    const to = this.random.next() < 0.5 ? undefined : this.random.pick(accounts.filter((account) => account !== hold.number));
    return this.say('capture', hold, { amount: usd(amount), to }, { status: 'CAPTURED', captured: amount });
  }

  private release(hold: KnownHold): Errand {
    return this.say('release', hold, {}, { status: 'RELEASED', captured: 0 });
  }

  private say(word: 'capture' | 'release', hold: KnownHold, body: object, end: NonNullable<KnownHold['end']>): Errand {
    const operation = operationOf(`${this.url}/v1/holds/${hold.id}/${word}`, this.random, body);
    return {
      operation,
      learn: (answer) => {
        if (isRefused(answer, 'conflict')) {
          hold.wasOver = true;
          return undefined;
        }
        if (answer.status !== 200 || hold.end !== undefined) return surprise(operation, answer);
        hold.end = end;
        return undefined;
      },
    };
  }

  private takeOpen(): KnownHold | undefined {
    const index = this.random.between(0, Math.max(0, this.open.length - 1));
    return this.open.splice(index, 1)[0];
  }
}
