import { auditChain, audited } from '../../audit/audit-entry.js';
import { backofficeUseCase } from '../../backoffice-rows.js';
import { decoded, faultIn } from '../contract-check.js';
import { letterView } from '../dead-letter-view.js';
import { closableLetter, type CloseLetter } from '../closable-letter.js';

export interface EditLetter extends CloseLetter {
  readonly data: object;
}

/** What a replay delivers in the record's place: an event of its own. The record stays as it came, and both stand in the audit. */
export const editDeadLetter = backofficeUseCase({
  name: 'edit-dead-letter',
  needs: ({ id }: EditLetter) => ({ deadLetters: [id], auditHead: [auditChain] }),
  decide: ({ id, who, reason, data }, rows, { now, newUuid }) => {
    const letter = closableLetter(id, rows.get('deadLetters', id));
    if ('refused' in letter) return { reply: letter };
    const value = Buffer.from(JSON.stringify(data));
    const fault = faultIn(letter.topic, value);
    if (fault !== undefined) return { reply: { refused: 'unprocessable-request', detail: `This is no ${letter.topic}: ${fault}.` } };
    const replacement = { eventId: newUuid(), value };
    const after = { ...letter, replacement, version: letter.version + 1, updatedAt: now };
    const known = letter.replacement?.value ?? letter.value;
    const before = { event_id: letter.eventId, data: decoded(known) ?? known?.toString('base64') ?? null };
    const action = { who, action: 'edit', subject: id, before, after: { event_id: replacement.eventId, data }, reason };
    return {
      put: { deadLetters: [after], ...audited(rows.get('auditHead', auditChain), now, action) },
      reply: { status: 200, body: letterView(after) },
    };
  },
});
