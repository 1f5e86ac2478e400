import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Redemptions are orders that bring money in: they have states of their own, and a reversal. */
export class RedeemCards1764633600000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table orders
        add column card_token text,
        add column reversal_id text,
        add column failure_reason text,
        drop constraint orders_kind,
        add constraint orders_kind check (kind in ('withdrawal', 'payout', 'redemption')),
        drop constraint orders_status_check,
        add constraint orders_status check (status in ('REQUESTED', 'COMPLETED') or case kind
          when 'redemption' then status in ('CASHING_OUT', 'CREDITING', 'DECLINED', 'REVERSING', 'REVERSED')
          else status in ('RESERVED', 'REFUSED', 'ACTING', 'RECONCILING', 'MANUAL_REVIEW', 'CAPTURING', 'FAILED', 'REFUNDED') end),
        add constraint orders_card check ((kind = 'redemption') = (card_token is not null)),
        add constraint orders_reversal check (status not in ('REVERSING', 'REVERSED') or reversal_id is not null and failure_code is not null),
        add constraint orders_credit check (status <> 'CREDITING' or paid = amount)`);
    await runner.query(`
      create trigger orders_keep_card before update on orders for each row
      when (new.card_token is distinct from old.card_token or new.reversal_id is distinct from old.reversal_id and old.reversal_id is not null)
      execute function refuse_illegal_transition()`);
  }

  down(): Promise<void> {
    throw new Error('money that went out is not forgotten: restore a backup instead');
  }
}
