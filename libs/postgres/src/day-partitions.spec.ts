import type { DataSource } from 'typeorm';
import { createDatabase, type TestDatabase } from '@falconpay/testing/infrastructure';
import { defineDatabase, openDatabase } from './database.js';
import { maintainDayPartitions, type DayPartitioned } from './day-partitions.js';

const dayMs = 86_400_000;
const noon = Date.UTC(2026, 5, 10, 12);

let database: TestDatabase;
let source: DataSource;
beforeEach(async () => {
  database = await createDatabase('partitions');
  source = defineDatabase({ url: database.url, applicationName: 'spec', migrations: [] });
  await openDatabase(source, () => undefined);
  await source.query('create table notes (at timestamptz not null) partition by range (at)');
  await source.query('create table notes_default partition of notes default');
});
afterEach(async () => {
  await source.destroy();
  await database.drop();
});

const notes = (keepDays: number, mayDrop?: (name: string) => Promise<boolean>): DayPartitioned => ({
  table: 'notes',
  boundOf: (day) => day.toISOString(),
  keepDays,
  ...(mayDrop === undefined ? {} : { mayDrop }),
});
const partitions = async (): Promise<string[]> =>
  ((await source.query(`select relid::text as name from pg_partition_tree('notes') where isleaf order by 1`)) as { name: string }[]).map(
    ({ name }) => name,
  );

describe('the partitions of a table by day', () => {
  it('are there for today and the next days before anything is written to them', async () => {
    await maintainDayPartitions(source, notes(7), noon);
    expect(await partitions()).toEqual(['notes_20260610', 'notes_20260611', 'notes_20260612', 'notes_20260613', 'notes_default']);
  });

  it('stay as they are when they are there already', async () => {
    await maintainDayPartitions(source, notes(7), noon);
    await source.query('insert into notes values ($1)', [new Date(noon)]);
    expect(await maintainDayPartitions(source, notes(7), noon + 3_600_000)).toEqual([]);
    expect(await source.query('select tableoid::regclass::text as place from notes')).toEqual([{ place: 'notes_20260610' }]);
  });

  it('go when their days are over, the default one never', async () => {
    await maintainDayPartitions(source, notes(7), noon);
    expect(await maintainDayPartitions(source, notes(7), noon + 7 * dayMs)).toEqual([]);
    expect(await maintainDayPartitions(source, notes(7), noon + 9 * dayMs)).toEqual(['notes_20260610', 'notes_20260611']);
    expect(await partitions()).toContain('notes_default');
  });

  it('stay as long as somebody still needs them', async () => {
    await maintainDayPartitions(source, notes(1), noon);
    const dropped = await maintainDayPartitions(
      source,
      notes(1, async (name) => name !== 'notes_20260611'),
      noon + 4 * dayMs,
    );
    expect(dropped).toEqual(['notes_20260610', 'notes_20260612']);
    expect(await partitions()).toContain('notes_20260611');
  });

  it('take in a day that was missed for whatever is written meanwhile', async () => {
    await source.query('insert into notes values ($1)', [new Date(noon)]);
    // A row of that day lies in the default partition: the day cannot be cut out of it any more, and must not fail the start.
    await expect(maintainDayPartitions(source, notes(7), noon)).resolves.toEqual([]);
  });
});
