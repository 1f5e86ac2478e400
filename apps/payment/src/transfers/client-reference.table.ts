import type { Table } from '@falconpay/pipeline/table';
import { insertInto } from '@falconpay/postgres/set-based';
import type { Statement } from '@falconpay/postgres/transaction';

/** A client's own name for a transfer, taken for ever: it outlives the idempotency keys. */
export interface ClientReference {
  readonly client: string;
  readonly reference: string;
  readonly transferId: string;
}

export const clientReferenceKey = (client: string, reference: string): string => `${client}\n${reference}`;

const find: Statement = {
  name: 'find client references',
  text: `select client, reference, transfer_id as "transferId" from client_references
    join unnest($1::text[], $2::text[]) as asked(client, reference) using (client, reference)`,
};

// Never changed, so never locked: a race for one is settled by the primary key.
export const clientReferencesTable: Table<ClientReference> = {
  keysOf: ({ client, reference }) => [clientReferenceKey(client, reference)],
  lock: (tx, keys) => {
    const ends = keys.map((key) => key.indexOf('\n'));
    const clients = keys.map((key, index) => key.slice(0, ends[index]));
    const references = keys.map((key, index) => key.slice((ends[index] ?? 0) + 1));
    return tx.query<ClientReference>(find, [clients, references]);
  },
  insert: insertInto<ClientReference>('client_references', {
    client: { type: 'text', of: ({ client }) => client },
    reference: { type: 'text', of: ({ reference }) => reference },
    transfer_id: { type: 'text', of: ({ transferId }) => transferId },
  }),
};
