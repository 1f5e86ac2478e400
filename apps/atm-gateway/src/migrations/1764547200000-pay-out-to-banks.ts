import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Payouts are orders like withdrawals: they have a beneficiary besides. */
export class PayOutToBanks1764547200000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table orders
        add column iban text,
        add column bic text,
        add column reference text,
        drop constraint orders_kind_check,
        add constraint orders_kind check (kind in ('withdrawal', 'payout')),
        add constraint orders_beneficiary check ((kind = 'payout') = (iban is not null) and (iban is not null or coalesce(bic, reference) is null))`);
    await runner.query(`
      create trigger orders_keep_beneficiary before update on orders for each row
      when ((new.iban, new.bic, new.reference) is distinct from (old.iban, old.bic, old.reference))
      execute function refuse_illegal_transition()`);
  }

  down(): Promise<void> {
    throw new Error('money that went out is not forgotten: restore a backup instead');
  }
}
