import type { DataSource, QueryRunner } from 'typeorm';
import { LostRace } from '@falconpay/postgres/errors';
import { read, type Statement, type Transaction } from '@falconpay/postgres/transaction';
import type { IdempotentRequest } from './idempotency-key.js';

/** An answer as the client got it: replayed byte for byte. */
export interface StoredAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface KnownAnswer extends StoredAnswer {
  readonly fingerprint: string;
}

/** Published: for this long a key gives the same answer. */
export const retentionDays = 7;

export async function createIdempotencyKeys(runner: QueryRunner): Promise<void> {
  await runner.query(`
    create table idempotency_keys (
      client text collate "C" not null,
      route text collate "C" not null,
      key text collate "C" not null,
      fingerprint text not null,
      status smallint not null,
      headers jsonb not null,
      body text not null,
      created_at timestamptz not null default now(),
      primary key (client, key, route)
    )`);
  await runner.query(`create index idempotency_keys_by_age on idempotency_keys using brin (created_at)`);
}

const find: Statement = {
  name: 'find idempotency keys',
  text: `select client, route, key, fingerprint, status, headers, body from idempotency_keys
    join unnest($1::text[], $2::text[], $3::text[]) as asked(client, route, key) using (client, route, key)`,
};

const insert: Statement = {
  name: 'insert idempotency keys',
  text: `with new as (
      insert into idempotency_keys (client, route, key, fingerprint, status, headers, body)
      select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::smallint[], $6::jsonb[], $7::text[])
      on conflict do nothing returning 1)
    select count(*)::int as inserted from new`,
};

const forget: Statement = {
  name: 'forget idempotency keys',
  text: `delete from idempotency_keys where (client, key, route) in (
    select client, key, route from idempotency_keys where created_at < now() - make_interval(days => $1) limit 5000)
    returning 1 as gone`,
};

/** A request's place in the table; parts cannot run into each other, as no part has a line break in it. */
export const placeOf = (request: Omit<IdempotentRequest, 'fingerprint'>): string => `${request.client}\n${request.route}\n${request.key}`;

export const findAnswers = async (tx: Transaction, requests: readonly IdempotentRequest[]): Promise<Map<string, KnownAnswer>> =>
  byPlace(await tx.query<KnownAnswer & IdempotentRequest>(find, placesOf(requests)));

/** The answer a key has by now, outside any transaction. */
export const readAnswer = async (source: DataSource, request: IdempotentRequest): Promise<KnownAnswer | undefined> =>
  byPlace(await read<KnownAnswer & IdempotentRequest>(source, find, placesOf([request]))).get(placeOf(request));

const placesOf = (requests: readonly IdempotentRequest[]): string[][] => [
  requests.map((request) => request.client),
  requests.map((request) => request.route),
  requests.map((request) => request.key),
];

const byPlace = (rows: readonly (KnownAnswer & IdempotentRequest)[]): Map<string, KnownAnswer> =>
  new Map(rows.map((row) => [placeOf(row), row]));

/** Written in the transaction of the effect itself: there is no moment at which one stands without the other. */
export async function storeAnswers(tx: Transaction, answers: readonly (readonly [IdempotentRequest, StoredAnswer])[]): Promise<void> {
  if (answers.length === 0) return;
  const [result] = await tx.query<{ inserted: number }>(insert, [
    answers.map(([request]) => request.client),
    answers.map(([request]) => request.route),
    answers.map(([request]) => request.key),
    answers.map(([request]) => request.fingerprint),
    answers.map(([, answer]) => answer.status),
    answers.map(([, answer]) => JSON.stringify(answer.headers)),
    answers.map(([, answer]) => answer.body),
  ]);
  if (result?.inserted !== answers.length) throw new LostRace('an idempotency key was used by another request at the same moment');
}

/** Forgets keys past their retention, in small steps; returns how many went. */
export async function forgetOldKeys(source: DataSource): Promise<number> {
  let forgotten = 0;
  for (;;) {
    const gone = await read(source, forget, [retentionDays]);
    forgotten += gone.length;
    if (gone.length < 5_000) return forgotten;
  }
}
