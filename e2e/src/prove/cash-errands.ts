import { accounts } from './accounts.js';
import { operationOf, surprise, usd, type Errand } from './errand.js';
import type { Random } from './random.js';

/** A withdrawal that was acknowledged, as it was asked for. */
export interface AcceptedCash {
  readonly id: string;
  readonly account: string;
  readonly amount: number;
}

export const machines: readonly string[] = ['prove-1', 'prove-2', 'prove-3'];
const note = 100;

/**
 * What the machines do, in percent; the rest is as it should be. A broken tombstone is rare: when its late word is lost with a
 * killed gateway, only the day's journal can tell.
 */
const misbehaviour: Readonly<Record<string, number>> = {
  ...{ refuse: 4, jam: 3, 'partial:40': 6, retract_counted: 3, retract_uncounted: 1, unknown: 0.5, tombstone_broken: 1 },
  ...{ silent: 5, 'late:900': 5, 'late:2500': 2, 'late_answer:900': 2, 'delayed:900': 4 },
  ...{ crash_after_act: 6, error: 3, error_after_act: 3, broken_answer: 2, wrong_id: 2, duplicate_answer: 4 },
  ...{ 'crash_after_act+cancel_error:2': 3, 'silent+cancel_lost:1': 3 },
};

/** Gets cash from machines that misbehave. */
export class CashErrands {
  readonly withdrawals: AcceptedCash[] = [];

  constructor(
    private readonly url: string,
    private readonly random: Random,
  ) {}

  /** Makes the machines known to the gateway, and spoils them. */
  async install(simulatorUrl: string): Promise<void> {
    for (const machine of machines) {
      const url = `${simulatorUrl}/v1/atms/${machine}`;
      await put(`${url}/behaviour`, { rates: misbehaviour });
      await put(`${this.url}/v1/atms/${machine}`, { url, currency: 'USD', smallest_note: note });
    }
  }

  withdrawal(): Errand {
    const [account, amount] = [this.random.pick(accounts), note * this.random.between(1, 10)];
    const body = { account, amount: usd(amount), atm_id: this.random.pick(machines) };
    const operation = operationOf(`${this.url}/v1/withdrawals`, this.random, body);
    return {
      operation,
      learn: (answer) => {
        if (answer.status !== 202) return surprise(operation, answer);
        this.withdrawals.push({ id: (JSON.parse(answer.text) as { id: string }).id, account, amount });
        return undefined;
      },
    };
  }
}

async function put(url: string, body: object): Promise<void> {
  const answer = await fetch(url, { method: 'PUT', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`PUT ${url} was answered with ${answer.status}: ${await answer.text()}`);
}
