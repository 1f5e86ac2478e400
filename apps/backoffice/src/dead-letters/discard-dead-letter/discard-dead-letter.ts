import { auditChain, audited } from '../../audit/audit-entry.js';
import { backofficeUseCase } from '../../backoffice-rows.js';
import { moved } from '../dead-letter.js';
import { discardOf } from '../delivery.js';
import { letterView } from '../dead-letter-view.js';
import { closableLetter, type CloseLetter } from '../closable-letter.js';

/** It will not be taken in: its consumer is told so, and whatever waits behind it there goes on. */
export const discardDeadLetter = backofficeUseCase({
  name: 'discard-dead-letter',
  needs: ({ id }: CloseLetter) => ({ deadLetters: [id], auditHead: [auditChain] }),
  decide: ({ id, who, reason }, rows, { now, newUuid }) => {
    const letter = closableLetter(id, rows.get('deadLetters', id));
    if ('refused' in letter) return { reply: letter };
    const after = moved(letter, 'discard', now);
    const action = { who, action: 'discard', subject: id, before: { state: letter.state }, after: { state: after.state }, reason };
    return {
      put: { deadLetters: [after], ...audited(rows.get('auditHead', auditChain), now, action) },
      records: [discardOf(letter, newUuid(), reason)],
      reply: { status: 200, body: letterView(after) },
    };
  },
});
