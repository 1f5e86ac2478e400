import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeFileAtomically } from './write-file-atomically.js';

export const FIRST_TRANSFER_KEY = 'first-transfer-key';

const TRANSFER = {
  from: '1001',
  to: '1002',
  amount: { amount: 1250, currency: 'USD' },
  reference: 'first transfer',
};

export interface FirstTransfer {
  readonly id: string;
  readonly status: string;
  /** Made by an earlier start, and only read again by this one. */
  readonly replayed: boolean;
}

/** Moves 12.50 USD, once per data folder: its key is kept there, so a later start gets the same transfer back. */
export async function makeFirstTransfer(paymentUrl: string, home: string): Promise<FirstTransfer> {
  const file = join(home, FIRST_TRANSFER_KEY);
  const replayed = existsSync(file);
  if (!replayed) await writeFileAtomically(file, randomUUID());
  const answer = await fetch(`${paymentUrl}/v1/transfers`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'idempotency-key': readFileSync(file, 'utf8'),
      prefer: 'wait=10',
    },
    body: JSON.stringify(TRANSFER),
    signal: AbortSignal.timeout(15_000),
  });
  const body = (await answer.json()) as { id?: string; status?: string; detail?: string; title?: string };
  if (!answer.ok || body.id === undefined) {
    throw new Error(`the first transfer was answered with ${answer.status}: ${body.detail ?? body.title ?? ''}`);
  }
  return { id: body.id, status: body.status ?? 'unknown', replayed };
}
