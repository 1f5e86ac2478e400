import type { DataSource } from 'typeorm';
import { read, type Statement } from '@falconpay/postgres/transaction';
import type { AuditRow } from './audit.table.js';

const notes: Statement = {
  name: 'find notes',
  text: `select * from audit where subject = any($1) and action = 'note' order by number`,
};

/** What people wrote beside these: notes are entries like any other, and stay whatever becomes of the letter. */
export async function notesOn(source: DataSource, subjects: readonly string[]) {
  const rows = await read<AuditRow>(source, notes, [subjects]);
  return rows.map(({ at, who, subject, reason }) => ({ at: at.toISOString(), who, on: subject, note: reason }));
}
