import type { DataSource } from 'typeorm';
import { pageLimitOf, type Cursors, type Page, type PageQuery } from '@falconpay/http/cursor';
import { read, type Statement } from '@falconpay/postgres/transaction';
import type { PartnerKind } from './partner-port.js';
import { partnerOf, type PartnerRecord } from './partner.table.js';
import { partnerView } from './partner-view.js';
import type { RegisteredPartner } from './registered-partner.js';

const list: Statement = { name: 'list partners', text: `select * from partners where kind = $1 and id > $2 order by id limit $3` };
const byId: Statement = { name: 'partner by id', text: `select * from partners where kind = $1 and id = $2` };
const first: Statement = { name: 'first partner', text: `select id from partners where kind = $1 order by created_at, id limit 1` };

/** A page of the banks, or of the institutions, by id. */
export async function pageOfPartners(
  source: DataSource,
  cursors: Cursors,
  kind: PartnerKind,
  query: PageQuery,
  client: string,
): Promise<Page<unknown>> {
  const scope = { list: `${kind}s`, client, filters: {} };
  const limit = pageLimitOf(query);
  const above = query.cursor === undefined ? '' : String(cursors.decode(query.cursor, scope)[0]);
  const page = cursors.page(await read<PartnerRecord>(source, list, [kind, above, limit + 1]), limit, scope, ({ id }) => [id]);
  return { ...page, data: page.data.map((record) => partnerView(partnerOf(record))) };
}

/** As it is known now. */
export async function findPartner(source: DataSource, kind: PartnerKind, id: string): Promise<RegisteredPartner | undefined> {
  return (await read<PartnerRecord>(source, byId, [kind, id])).map(partnerOf)[0];
}

/** The one that was made known before all others. */
export async function firstPartner(source: DataSource, kind: PartnerKind): Promise<string | undefined> {
  return (await read<{ id: string }>(source, first, [kind]))[0]?.id;
}
