import { setTimeout as delay } from 'node:timers/promises';
import type { DataSource } from 'typeorm';
import { read, type Statement } from '@falconpay/postgres/transaction';
import type { Transfer } from './transfer.js';
import { transferLifecycle } from './transfer.lifecycle.js';
import { transferOf, type TransferRecord } from './transfer.table.js';

const finished: Statement = { name: 'finished transfers', text: `select * from transfers where id = any($1) and status <> 'PENDING'` };

/** Another instance may have closed the transfer: asked for all that are waited for, in one query. */
const askEveryMs = 200;

/** Who waits for a transfer to end is told in the moment it is committed. */
export class TransferWatch {
  private readonly waiting = new Map<string, Set<(transfer: Transfer) => void>>();
  private asking = false;

  constructor(private readonly source: DataSource) {}

  /** The transfer at its end, or undefined when it has not ended in time. */
  async untilFinished(id: string, waitMs: number): Promise<Transfer | undefined> {
    let tell: (transfer: Transfer) => void = () => undefined;
    const told = new Promise<Transfer>((resolve) => (tell = resolve));
    const waiters = this.waiting.get(id) ?? new Set();
    this.waiting.set(id, waiters.add(tell));
    const timer = new AbortController();
    try {
      // It may have ended before anybody listened.
      await this.ask([id]).catch(() => undefined);
      void this.askAgainAndAgain();
      return await Promise.race([told, delay(waitMs, undefined, { signal: timer.signal }).catch(() => undefined)]);
    } finally {
      timer.abort();
      waiters.delete(tell);
      if (waiters.size === 0) this.waiting.delete(id);
    }
  }

  tell(transfer: Transfer): void {
    if (!transferLifecycle.isTerminal(transfer.status)) return;
    for (const tell of this.waiting.get(transfer.id) ?? []) tell(transfer);
  }

  private async askAgainAndAgain(): Promise<void> {
    if (this.asking) return;
    this.asking = true;
    while (this.waiting.size > 0) {
      await delay(askEveryMs);
      await this.ask([...this.waiting.keys()]).catch(() => undefined);
    }
    this.asking = false;
  }

  private async ask(ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    for (const record of await read<TransferRecord>(this.source, finished, [ids])) this.tell(transferOf(record));
  }
}
