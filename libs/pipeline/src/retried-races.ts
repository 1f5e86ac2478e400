import { setTimeout as delay } from 'node:timers/promises';
import { codeOf, isRace } from '@falconpay/postgres/errors';

const attemptsMax = 6;

/** Another transaction was first: the same work done again sees its result. After some tries the error is told. */
export async function retriedRaces<T>(run: () => Promise<T>, onRetry: (sqlstate: string) => void): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await run();
    } catch (error) {
      if (!isRace(error) || attempt >= attemptsMax) throw error;
      onRetry(codeOf(error) || 'lost-race');
      await delay(Math.random() * 10 * attempt);
    }
  }
}
