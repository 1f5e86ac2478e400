import type { Statement } from '@falconpay/postgres/transaction';

export interface OpenSagaRow {
  readonly saga_id: string;
  readonly at: Date;
}

/** Longest waiting first, from behind one on. */
export const listedBefore: Statement = {
  name: 'open sagas listed before',
  text: `select saga_id, at from open_sagas where at < $1 and (at, saga_id) > ($2, $3) order by at, saga_id limit $4`,
};
