import type { BooksDatabase } from '../books-database.js';
import type { Findings } from '../report.js';
import { collect } from './ledger.js';

/**
 * An account's own limits, against its entries and holds. Counting goes on while limits are replaced, so what is counted is checked
 * always, but for accounts whose days became those of another zone meanwhile; the limits themselves where they are still the first ones.
 * What happened at the very instant since which is counted may have been before it.
 */
const limitedSql = `limited as (
    select a.id, a.number, a.limits -> 'rules' as rules, (a.usage ->> 'since')::timestamptz as since, a.usage ->> 'day' as day,
      coalesce((a.usage -> 'spent' ->> a.currency)::numeric, 0) as counted, s.replaced,
      (a.usage ->> 'day')::date::timestamp at time zone (a.limits ->> 'zone') as day_begins,
      ((a.usage ->> 'day')::date + 1)::timestamp at time zone (a.limits ->> 'zone') as day_ends
    from accounts a cross join lateral (
      select count(*) > 1 as replaced, bool_and(reason::jsonb ->> 'business_zone' = a.limits ->> 'zone') as in_one_zone
      from account_events where account_id = a.id and event = 'set-limits' and created_at >= (a.usage ->> 'since')::timestamptz) s
    where a.limits is not null and s.in_one_zone),
  spendings as (
    select l.id, -e.amount as amount, e.created_at as at from limited l join entries e on e.account_id = l.id
      where e.amount < 0 and e.type <> 'capture' and e.created_at >= l.since
    union all
    select l.id, case when h.ended_at < l.day_ends and h.created_at > l.since then h.captured else h.amount end, h.created_at
      from limited l join holds h on h.account_id = l.id where h.created_at >= l.since)`;

const finds = `with ${limitedSql},
  days as (
    select l.id, coalesce(sum(s.amount), 0) as at_most, coalesce(sum(s.amount) filter (where s.at > l.since), 0) as at_least
    from limited l left join spendings s on s.id = l.id and s.at >= l.day_begins and s.at < l.day_ends group by l.id),
  crowds as (
    select distinct s.id from (
      select s.id, s.at, l.rules, lag(s.at, (l.rules -> 'velocity' ->> 'count')::int) over (partition by s.id order by s.at) as before
      from spendings s join limited l using (id) where s.at > l.since and l.rules ? 'velocity' and not l.replaced) s
    where s.before > s.at - make_interval(secs => (s.rules -> 'velocity' ->> 'window_seconds')::int))
  select 'account ' || number as subject, 'has spent ' || at_least || ' on ' || day || ', and ' || counted || ' is counted' as detail
    from limited join days using (id) where counted not between at_least and at_most
  union all
  select 'account ' || number, 'has spent ' || at_least || ' on ' || day || ' of at most ' || (rules -> 'per_day' ->> 'amount')
    from limited join days using (id) where not replaced and at_least > (rules -> 'per_day' ->> 'amount')::numeric
  union all
  select 'account ' || number, 'has spent more often than ' || (rules -> 'velocity' ->> 'count') || ' times in '
    || (rules -> 'velocity' ->> 'window_seconds') || ' seconds' from limited join crowds using (id)`;

export const checkLimits = (wallet: BooksDatabase, findings: Findings): Promise<void> => collect(wallet, findings, 'I16', finds);
