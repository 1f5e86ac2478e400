import type { Table } from '@falconpay/pipeline/table';
import { insertInto, timeText, updateById, type Columns } from '@falconpay/postgres/set-based';
import type { Statement } from '@falconpay/postgres/transaction';
import type { Client } from './client.js';
import { limitedColumns, limitedOf, type LimitedRecord } from './limited-columns.js';

export interface ClientRecord extends LimitedRecord {
  readonly id: string;
  readonly version: number;
  readonly created_at: Date;
  readonly updated_at: Date;
}

export const clientOf = (record: ClientRecord): Client => ({
  ...{ id: record.id, limited: limitedOf(record), version: record.version },
  ...{ createdAt: record.created_at, updatedAt: record.updated_at },
});

const changing: Columns<Client> = {
  ...limitedColumns,
  updated_at: { type: 'timestamptz', of: (client) => timeText(client.updatedAt) },
};

const id = { type: 'text', of: (client: Client) => client.id };

const lockById: Statement = { name: 'lock client limits', text: 'select * from client_limits where id = any($1) order by id for update' };

export const clientsTable: Table<Client> = {
  keysOf: (client) => [client.id],
  lock: async (tx, ids) => (await tx.query<ClientRecord>(lockById, [ids])).map(clientOf),
  insert: insertInto<Client>('client_limits', {
    id,
    ...changing,
    version: { type: 'int', of: (client) => client.version },
    created_at: { type: 'timestamptz', of: (client) => timeText(client.createdAt) },
  }),
  update: updateById<Client>('client_limits', id, changing),
};
