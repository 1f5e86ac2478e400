import { paymentCreated } from '@falconpay/contracts/topics/payment-created.topic';
import { emit } from '@falconpay/pipeline/use-case';
import { paymentUseCase } from '../../payment-rows.js';
import { clientReferenceKey } from '../client-reference.table.js';
import { duplicateReference } from '../duplicate-reference.js';
import { newTransfer, type TransferOrder } from '../transfer.js';
import { announcementOf, transferView } from '../transfer-view.js';

export interface CreateTransfer {
  readonly client: string;
  readonly order: TransferOrder;
}

/** Accepts a transfer and announces it to the wallet, in one commit. Whether the money moves is not decided here. */
export const createTransfer = paymentUseCase({
  name: 'create-transfer',
  needs: ({ client, order: { clientReference } }: CreateTransfer) =>
    clientReference === undefined ? {} : { clientReferences: [clientReferenceKey(client, clientReference)] },
  decide: ({ client, order }, rows, moment) => {
    const reference = order.clientReference;
    const taken = reference === undefined ? undefined : rows.get('clientReferences', clientReferenceKey(client, reference));
    if (taken) return { reply: duplicateReference(taken.transferId) };
    const transfer = newTransfer(order, moment.newId('pay'), client, moment.now);
    return {
      put: { transfers: [transfer], clientReferences: reference === undefined ? [] : [{ client, reference, transferId: transfer.id }] },
      events: [emit(paymentCreated, announcementOf(transfer), transfer.version)],
      reply: { status: 202, headers: { location: `/v1/transfers/${transfer.id}` }, body: transferView(transfer, moment.now) },
    };
  },
});
