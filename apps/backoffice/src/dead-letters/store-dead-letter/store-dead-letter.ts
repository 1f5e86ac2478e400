import { backofficeUseCase } from '../../backoffice-rows.js';
import type { DeadLetter } from '../dead-letter.js';
import type { DeadLetterRecord } from '../dead-letter-record.js';
import { withLetter } from '../failure-group.js';

/** Keeps the letter whole, among its like. One that comes again after a replay is a letter of its own: it has failed again. */
export const storeDeadLetter = backofficeUseCase({
  name: 'store-dead-letter',
  needs: ({ fingerprint }: DeadLetterRecord) => ({ failureGroups: [fingerprint] }),
  decide: (record, rows, { now, newId }) => {
    const letter: DeadLetter = {
      ...record,
      ...{ id: newId('dlt'), state: 'waiting', replacement: undefined, version: 1, createdAt: now, updatedAt: now },
    };
    const group = withLetter(rows.get('failureGroups', record.fingerprint), letter);
    return { put: { deadLetters: [letter], failureGroups: [group] } };
  },
});
