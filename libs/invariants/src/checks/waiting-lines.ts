import type { BooksDatabase } from '../books-database.js';
import type { Findings } from '../report.js';
import { collect } from './ledger.js';

/** What could not be taken in, and what waits behind it: nobody waits for nothing, and nobody waits who has had an effect already. */
export async function checkWaitingLines(books: BooksDatabase, findings: Findings): Promise<void> {
  await collect(
    books,
    findings,
    'I10',
    `select 'event ' || h.event_id as subject, $1::text || ' holds it, and nothing blocks its key' as detail
      from held_events h where not exists (select 1 from blocked_lines l where l.id = h.line)
      union all
      select 'event ' || h.event_id, $1::text || ' holds it, and has not taken it in'
      from held_events h where not exists (select 1 from inbox i where i.event_id = h.event_id)
      union all
      select 'event ' || h.event_id, $1::text || ' holds it, and it has had its effect'
      from held_events h where exists (select 1 from inbox i where i.event_id = h.event_id and i.outcome is not null)
        or exists (select 1 from outbox o where o.causation_id = h.event_id::text)
      union all
      select 'event ' || l.head_id, case when l.state = 'dead' then $1::text || ' holds it, though it lies with the dead letters'
        else $1::text || ' is to try it again, and has not kept it' end
      from blocked_lines l where l.head_id is not null
        and (l.state = 'dead') = exists (select 1 from held_events h where h.event_id = l.head_id)`,
    [books.service],
  );
}
