import { auditChain, audited } from '../../audit/audit-entry.js';
import { backofficeUseCase } from '../../backoffice-rows.js';

/** A dead letter by its id, or a whole group by its fingerprint. */
export type NoteOn = { readonly letter: string } | { readonly fingerprint: string };

export interface AddNote {
  readonly on: NoteOn;
  readonly note: string;
  readonly who: string;
}

/** Somebody has something to say about it, for whoever looks at it next. */
export const addNote = backofficeUseCase({
  name: 'add-note',
  needs: ({ on }: AddNote) => ({
    ...('letter' in on ? { deadLetters: [on.letter] } : { failureGroups: [on.fingerprint] }),
    auditHead: [auditChain],
  }),
  decide: ({ on, note, who }, rows, { now }) => {
    const known = 'letter' in on ? rows.get('deadLetters', on.letter) : rows.get('failureGroups', on.fingerprint);
    const subject = 'letter' in on ? on.letter : on.fingerprint;
    if (!known) return { reply: { refused: 'dead-letter-not-found', detail: `There is nothing to note beside: ${subject} is not known.` } };
    return {
      put: audited(rows.get('auditHead', auditChain), now, { who, action: 'note', subject, reason: note }),
      reply: { status: 201, body: { at: now.toISOString(), who, on: subject, note } },
    };
  },
});
