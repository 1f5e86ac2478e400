import type { DataSource } from 'typeorm';
import { EndWatch } from '@falconpay/service/end-watch';
import { viewOf, withRefunds, type ReadTransfer } from './read-transfers.js';
import type { Transfer } from './transfer.js';
import { transferLifecycle } from './transfer.lifecycle.js';
import { transferView, type TransferView } from './transfer-view.js';

/** For clients that wait for their transfer to end. */
export class TransferWatch extends EndWatch<TransferView, ReadTransfer> {
  constructor(source: DataSource) {
    super(source, {
      ended: { name: 'finished transfers', text: withRefunds(`select * from transfers where id = any($1) and status <> 'PENDING'`) },
      viewOf,
    });
  }

  /** A transfer that ends in the commit just made: nothing can have been refunded of it. */
  tell(transfer: Transfer): void {
    if (this.isAwaited(transfer.id) && transferLifecycle.isTerminal(transfer.status))
      this.tellOf(transferView(transfer, transfer.updatedAt));
  }
}
