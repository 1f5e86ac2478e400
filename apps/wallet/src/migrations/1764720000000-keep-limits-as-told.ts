import type { MigrationInterface, QueryRunner } from 'typeorm';

const list = (from: string): string =>
  `(select jsonb_agg(jsonb_build_object('amount', value::bigint, 'currency', key)) from jsonb_each_text(${from}))`;

/** What each rule is set to stands under its name, in the form in which it is sent and told. */
export class KeepLimitsAsTold1764720000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const [table, amounts] of [
      // An account has one currency.
      ['accounts', (from: string) => `${list(from)} -> 0`],
      ['client_limits', list],
    ] as const) {
      await runner.query(`
        update ${table} set limits = jsonb_build_object(
          'zone', limits -> 'zone',
          'rules', jsonb_strip_nulls(jsonb_build_object(
            'currencies', limits -> 'currencies',
            'per_transaction', ${amounts("limits -> 'per_transaction'")},
            'per_day', ${amounts("limits -> 'per_day'")},
            'velocity', case jsonb_typeof(limits -> 'velocity') when 'object' then jsonb_build_object(
              'count', limits #> '{velocity,count}', 'window_seconds', limits #> '{velocity,windowSeconds}') end,
            'new_account', case jsonb_typeof(limits -> 'new_account') when 'object' then jsonb_build_object(
              'younger_than_seconds', limits #> '{new_account,younger_than_seconds}',
              'per_transaction', ${list("limits #> '{new_account,per_transaction}'")}) end)))
        where limits is not null`);
    }
  }

  down(): Promise<void> {
    throw new Error('a ledger is not forgotten: restore a backup instead');
  }
}
