import type { Refusal } from '@falconpay/pipeline/use-case';
import type { DeadLetter } from './dead-letter.js';

/** An operator's last word on a letter. */
export interface CloseLetter {
  readonly id: string;
  readonly who: string;
  readonly reason: string;
}

/** Only what waits can be decided on: what is on its way is its consumer's, what is over stays so. */
export function closableLetter(id: string, letter: DeadLetter | undefined): DeadLetter | Refusal {
  if (!letter) return { refused: 'dead-letter-not-found', detail: `There is no dead letter ${id}.` };
  return letter.state === 'waiting' ? letter : { refused: 'conflict', detail: `Dead letter ${id} is ${letter.state}.` };
}
