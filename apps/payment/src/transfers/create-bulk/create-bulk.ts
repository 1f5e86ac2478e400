import { bulkCreated } from '@falconpay/contracts/topics/bulk-created.topic';
import { paymentCreated } from '@falconpay/contracts/topics/payment-created.topic';
import { emit, type NewEvent, type Refusal } from '@falconpay/pipeline/use-case';
import { paymentUseCase } from '../../payment-rows.js';
import { clientReferenceKey, type ClientReference } from '../client-reference.table.js';
import { duplicateReference } from '../duplicate-reference.js';
import { newTransfer, type Transfer, type TransferOrder } from '../transfer.js';
import { announcementOf } from '../transfer-view.js';

export interface RefusedItem {
  readonly code: string;
  readonly detail: string;
  readonly errors?: readonly { readonly pointer: string; readonly detail: string }[];
  readonly existing_id?: unknown;
}

/** Items in the order they were sent: an order to accept, or why it is none. */
export interface CreateBulk {
  readonly client: string;
  readonly atomic: boolean;
  readonly items: readonly (TransferOrder | RefusedItem)[];
}

type BulkItemView = { readonly id: string; readonly status: Transfer['status'] } | { readonly error: RefusedItem };

const isRefused = (item: TransferOrder | RefusedItem): item is RefusedItem => 'code' in item;
const referencesOf = (client: string, items: CreateBulk['items']): string[] =>
  items.flatMap((item) =>
    isRefused(item) || item.clientReference === undefined ? [] : [clientReferenceKey(client, item.clientReference)],
  );

/** Accepts many transfers in one commit. A bad item is that item's error; in an atomic bulk, everybody's. */
export const createBulk = paymentUseCase({
  name: 'create-bulk',
  weightOf: ({ items }: CreateBulk) => items.length,
  needs: ({ client, items }: CreateBulk) => ({ clientReferences: referencesOf(client, items) }),
  decide: ({ client, atomic, items }, rows, moment) => {
    const bulkId = moment.newId('blk');
    const transfers: Transfer[] = [];
    const references = new Map<string, ClientReference>();
    const views = items.map((item, index): BulkItemView => {
      if (isRefused(item)) return { error: item };
      const reference = item.clientReference;
      const key = reference === undefined ? undefined : clientReferenceKey(client, reference);
      const known = key === undefined ? undefined : rows.get('clientReferences', key);
      if (known) return { error: refusedItem(duplicateReference(known.transferId)) };
      const sibling = key === undefined ? undefined : references.get(key);
      if (sibling) return { error: atomic ? usedTwice(index) : refusedItem(duplicateReference(sibling.transferId)) };
      const transfer = newTransfer(item, moment.newId('pay'), client, moment.now, atomic ? bulkId : undefined);
      transfers.push(transfer);
      if (key !== undefined && reference !== undefined) references.set(key, { client, reference, transferId: transfer.id });
      return { id: transfer.id, status: transfer.status };
    });
    const culprit = views.findIndex((view) => 'error' in view);
    if (atomic && culprit >= 0) return { reply: refuseWhole(views, culprit) };
    const events: NewEvent[] = transfers.map((transfer) => emit(paymentCreated, announcementOf(transfer), transfer.version));
    if (atomic) events.push(emit(bulkCreated, { bulk_id: bulkId, payments: transfers.map(announcementOf) }, 1));
    return {
      put: { transfers, clientReferences: [...references.values()] },
      events,
      reply: { status: 202, body: { id: bulkId, atomic, transfers: views } },
    };
  },
});

/** In an atomic bulk the first one with the reference comes to nothing too: there is no transfer to name. */
const usedTwice = (index: number): RefusedItem => ({
  code: 'validation-failed',
  detail: 'client_reference stands in this bulk twice',
  errors: [{ pointer: `/transfers/${index}/client_reference`, detail: 'stands in this bulk twice' }],
});

const refusedItem = ({ refused, detail, extensions }: Refusal): RefusedItem => ({ code: refused, detail, ...extensions });

function refuseWhole(views: readonly BulkItemView[], culprit: number): Refusal {
  const view = views[culprit];
  const error = view && 'error' in view ? view.error : undefined;
  return {
    refused: error?.code ?? 'validation-failed',
    detail: `the bulk is atomic, and its transfer ${culprit} is refused: ${error?.detail ?? ''}`,
    extensions: { errors: error?.errors, existing_id: error?.existing_id },
  };
}
