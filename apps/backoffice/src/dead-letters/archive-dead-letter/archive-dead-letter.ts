import { auditChain, audited } from '../../audit/audit-entry.js';
import { backofficeUseCase } from '../../backoffice-rows.js';
import { moved } from '../dead-letter.js';
import { letterView } from '../dead-letter-view.js';
import { closableLetter, type CloseLetter } from '../closable-letter.js';

/** Out of sight; nobody is told. */
export const archiveDeadLetter = backofficeUseCase({
  name: 'archive-dead-letter',
  needs: ({ id }: CloseLetter) => ({ deadLetters: [id], auditHead: [auditChain] }),
  decide: ({ id, who, reason }, rows, { now }) => {
    const letter = closableLetter(id, rows.get('deadLetters', id));
    if ('refused' in letter) return { reply: letter };
    const after = moved(letter, 'archive', now);
    const action = { who, action: 'archive', subject: id, before: { state: letter.state }, after: { state: after.state }, reason };
    return {
      put: { deadLetters: [after], ...audited(rows.get('auditHead', auditChain), now, action) },
      reply: { status: 200, body: letterView(after) },
    };
  },
});
