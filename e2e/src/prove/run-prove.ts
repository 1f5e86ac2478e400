import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { checkBooks } from '@falconpay/invariants/check-books';
import { verifyLedger } from '@falconpay/invariants/ledger-proof/verify-ledger';
import type { Report } from '@falconpay/invariants/report';
import { databaseUrlsOf } from '@falconpay/invariants/under-way';
import { startGuardian } from '@falconpay/local/guardian';
import { startLocalSystem, type LocalSystem } from '@falconpay/local/local-system';
import { isPortFree } from '@falconpay/local/ports';
import { SERVICES } from '@falconpay/local/services';
import { cashInBooks, type Cash } from '../cash-in-books.js';
import { answersNotInBooks, effectsWithoutAnswer } from './answers-in-books.js';
import { machines } from './cash-errands.js';
import { Faults } from './faults.js';
import { Load } from './load.js';
import { Random } from './random.js';
import { Watch } from './watch.js';

export interface ProveOptions {
  readonly seed: number;
  /** How many processes are killed; without it, as many as go into `minutes`. */
  readonly kills?: number;
  readonly minutes?: number;
  /** The load goes on after the kills until so many transfers were accepted. */
  readonly transfersMin?: number;
  /** Orders of any kind; a bulk counts as many as it has transfers. */
  readonly perSecond?: number;
  readonly brokers?: 1 | 3;
  /** Services stopped past their session, and woken up again. */
  readonly zombies?: number;
  readonly portBase?: number;
  /** Keep the data folder. */
  readonly keep?: boolean;
  readonly log?: (line: string) => void;
  readonly signal?: AbortSignal;
  /** Called with the data folder, when nothing runs in it any more. */
  readonly onStopped?: (home: string) => Promise<void>;
}

export interface Proof {
  readonly seed: number;
  readonly seconds: number;
  readonly kills: Readonly<Record<string, number>>;
  readonly cleanBrokerRestarts: number;
  readonly zombies: number;
  readonly load: Load['counts'] & Load['client']['counts'] & WhatWasAcknowledged;
  readonly looks: number;
  readonly longestStandstillSeconds: number;
  readonly absorbed: { readonly events: number; readonly requests: number };
  /** Records the relay sent again because the broker's answer did not cover them; as far as it was seen before a kill. */
  readonly sentAgain: number;
  readonly report: Report;
  readonly cash: Cash;
  /** Everything that was not as promised; none in a good run. */
  readonly violations: readonly string[];
  readonly home: string | undefined;
}

/** How many of each kind were answered with 2xx, and are found in the books at the end. */
interface WhatWasAcknowledged {
  /** Of the transfers. */
  readonly refunds: number;
  readonly deposits: number;
  /** Of the deposits. */
  readonly releasedLater: number;
  readonly withdrawals: number;
  readonly holds: number;
  readonly captured: number;
  readonly released: number;
  /** Withdrawals at machines. */
  readonly cash: number;
}

const services = ['payment', 'wallet', 'atm-gateway'] as const;
/** A machine is asked soon, and people have to look after a minute: longer than anything is down here. */
const machinePatience = { ATM_DISPENSE_TIMEOUT_MS: '600', ATM_REVIEW_AFTER_MS: '60000', ATM_RECONCILE_EVERY_MS: '5000' };
/** Set in a developer's own environment, they would lead elsewhere. */
const ownInfrastructure = { KAFKA_BROKERS: '', PAYMENT_DATABASE_URL: '', WALLET_DATABASE_URL: '', ATM_GATEWAY_DATABASE_URL: '' };
const clients = 8;
const defaultRate = 120;
const settleMsMax = 120_000;
const firstPortBase = 17_000;
const lastPortBase = 17_900;

/** Load, kills, and then the books: proves, or shows what is not so. */
export async function runProve(options: ProveOptions): Promise<Proof> {
  const { log = () => undefined, brokers = 1 } = options;
  const home = await mkdtemp(join(tmpdir(), 'falconpay-prove-'));
  // For root Postgres runs as another user, who has to get in.
  await chmod(home, 0o755);
  const guardian = startGuardian();
  if (!options.keep) guardian.removeAtEnd(home);
  const lines: string[] = [];
  try {
    const portBase = options.portBase ?? (await freePortBase(brokers));
    log(`seed ${options.seed}; the system starts in ${home}, ports from ${portBase}`);
    const system = await startLocalSystem({
      home,
      portBase,
      brokers,
      env: { LOG_LEVEL: 'warn', ...ownInfrastructure, ...machinePatience },
      log: (line) => void lines.push(`${new Date().toISOString()} ${line}`),
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    });
    try {
      return await prove(system, options, log);
    } finally {
      await system.stop();
      if (options.keep) await writeFile(join(home, 'prove.log'), `${lines.join('\n')}\n`);
      if (!options.signal?.aborted) await options.onStopped?.(home);
    }
  } finally {
    if (!options.keep) await rm(home, { recursive: true, force: true });
    await guardian.dismiss();
  }
}

async function prove(system: LocalSystem, options: ProveOptions, log: (line: string) => void): Promise<Proof> {
  const startedAt = performance.now();
  const { seed, brokers = 1, perSecond = defaultRate, zombies = 0, transfersMin = 0 } = options;
  const interrupted = options.signal ?? new AbortController().signal;
  const hopeless = new AbortController();
  const giveUp = AbortSignal.any([interrupted, hopeless.signal]);
  const random = new Random(seed);
  const { payment = '', wallet = '', simulator = '', 'atm-gateway': gateway = '' } = system.urls;
  const load = new Load(random.fork(), { urls: { payment, wallet, gateway, simulator }, perSecond, giveUp });
  await load.prepare();
  const watch = new Watch(system, services);
  const untilMs = (options.minutes ?? 60) * 60_000;
  const faults = new Faults(
    system,
    random.fork(),
    watch,
    { brokers, kills: options.kills ?? Number.MAX_SAFE_INTEGER, untilMs, zombies },
    log,
  );
  watch.start();
  load.start(clients);
  try {
    await faults.run(interrupted);
    const enoughBy = performance.now() + settleMsMax;
    while (load.transfers.counts.accepted < transfersMin && performance.now() < enoughBy && !interrupted.aborted) await delay(50);
    interrupted.throwIfAborted();

    log(`${faults.killed} kills are done; the load stops, everything must come to its end`);
    const patience = setTimeout(() => hopeless.abort(), settleMsMax);
    await load.stop();
    clearTimeout(patience);
    await within(settleMsMax, interrupted, system.ready());
    await withdrawalsEnded(system, AbortSignal.any([interrupted, AbortSignal.timeout(settleMsMax)])).catch(() => undefined);
    interrupted.throwIfAborted();
    const report = await booksOf(system, load.transfers.acknowledged, interrupted, log);
    await watch.stop();
    const cash = await cashInBooks(system, machines);
    const violations = [...(await compare(system, load, watch, report, options)), ...cash.wrong, ...notOver(cash)];
    return {
      seed,
      seconds: Math.round((performance.now() - startedAt) / 1_000),
      kills: Object.fromEntries(faults.kills),
      cleanBrokerRestarts: faults.cleanBrokerRestarts,
      zombies: faults.zombies,
      load: { ...load.counts, ...load.client.counts, ...acknowledgedIn(load) },
      looks: watch.looks,
      longestStandstillSeconds: Math.round(watch.longestStandstillMs / 1_000),
      absorbed: {
        events: watch.counted('falconpay_inbox_duplicates_total'),
        requests: watch.counted('falconpay_idempotency_total', ' replay'),
      },
      sentAgain: watch.counted('falconpay_outbox_publish_unverified_total'),
      report,
      cash,
      violations,
      home: options.keep ? system.home : undefined,
    };
  } finally {
    // However it went, nothing goes on.
    hopeless.abort();
    await Promise.all([load.stop(), watch.stop()]);
  }
}

function acknowledgedIn({ transfers, counter: { postings }, holds: { holds }, cash }: Load): WhatWasAcknowledged {
  const deposits = postings.filter(({ type }) => type === 'deposit');
  const ended = (as: 'CAPTURED' | 'RELEASED'): number => holds.filter(({ end }) => end?.status === as).length;
  return {
    refunds: transfers.refunds.length,
    deposits: deposits.length,
    releasedLater: deposits.filter(({ releaseAt }) => releaseAt !== undefined).length,
    withdrawals: postings.length - deposits.length,
    holds: holds.length,
    captured: ended('CAPTURED'),
    released: ended('RELEASED'),
    cash: cash.withdrawals.length,
  };
}

/** Goes on when the work is done, or has taken too long: what it lacks then, the books will tell. */
async function within(ms: number, interrupted: AbortSignal, work: Promise<unknown>): Promise<void> {
  const done = new AbortController();
  const tooLate = delay(ms, undefined, { signal: AbortSignal.any([interrupted, done.signal]) }).catch(() => undefined);
  await Promise.race([work.catch(() => undefined), tooLate]);
  done.abort();
  interrupted.throwIfAborted();
}

/** Nobody waits for a machine any more: what is not over waits for people. */
async function withdrawalsEnded(system: LocalSystem, signal: AbortSignal): Promise<void> {
  for (const status of ['REQUESTED', 'RESERVED', 'DISPENSING', 'RECONCILING', 'FAILED']) {
    for (let isOver = false; !isOver; await delay(100, undefined, { signal })) {
      const answer = await fetch(`${system.urls['atm-gateway']}/v1/withdrawals?limit=1&status=${status}`, { signal });
      isOver = ((await answer.json()) as { data?: unknown[] }).data?.length === 0;
    }
  }
}

async function booksOf(
  system: LocalSystem,
  acknowledged: readonly string[],
  interrupted: AbortSignal,
  log: (line: string) => void,
): Promise<Report> {
  log('the books are checked');
  const check = checkBooks({
    databaseUrls: databaseUrlsOf(system.databaseUrls),
    brokers: system.brokers.split(','),
    waitForQuiescenceMs: settleMsMax,
    acknowledged,
    refuseDeadLetters: true,
  });
  const stop = new Promise<never>((_, reject) =>
    interrupted.addEventListener('abort', () => reject(new Error('interrupted')), { once: true }),
  );
  return Promise.race([check, stop]);
}

/** What only a client knows, beside what the books say of themselves. */
async function compare(system: LocalSystem, load: Load, watch: Watch, report: Report, options: ProveOptions): Promise<string[]> {
  const violations = report.violations.map(({ invariant, subject, detail }) => `${invariant} ${subject}: ${detail}`);
  if (!report.quiescent) violations.push(`I8 the system did not come to rest: ${report.pending.join(', ')}`);
  violations.push(...watch.wrongLooks.map((look) => `I2 the money did not add up at every moment: ${look}`));
  violations.push(...load.surprises.slice(0, 20).map((surprise) => `I6 an answer that ought not to be: ${surprise}`));
  violations.push(...load.client.serverErrors.map((text) => `a service called it a fault of its own (500): ${text}`));
  const { unresolved } = load.client.counts;
  if (unresolved > 0) violations.push(`I6 ${unresolved} operations were never answered`);
  if (load.transfers.counts.accepted < (options.transfersMin ?? 0))
    violations.push(`I8 only ${load.transfers.counts.accepted} transfers were accepted in time`);
  const ledger = await verifyLedger(system.databaseUrls['wallet'] ?? '');
  violations.push(...ledger.faults.map(({ subject, detail }) => `the ledger is not as it was sealed: ${subject} ${detail}`));
  if (ledger.entries === 0) violations.push('the ledger was never sealed');
  const { transfers } = report.counts;
  const { acknowledged, refunds } = load.transfers;
  if (transfers !== acknowledged.length && unresolved === 0) {
    violations.push(`I6 ${acknowledged.length} transfers were acknowledged, and ${transfers} exist`);
  }
  const { payment = '', wallet = '', 'atm-gateway': gateway = '' } = system.databaseUrls;
  const urls = { payment, wallet, gateway };
  const answers = { postings: load.counter.postings, holds: load.holds.holds, refunds, cash: load.cash.withdrawals };
  violations.push(...(await answersNotInBooks(urls, answers)));
  if (unresolved === 0) violations.push(...(await effectsWithoutAnswer(urls, answers)));
  violations.push(...(await unfinished(system, acknowledged)));
  return violations;
}

const over = ['COMPLETED', 'REFUNDED', 'REFUSED', 'MANUAL_REVIEW'];
const notOver = ({ byStatus }: Cash): string[] =>
  Object.entries(byStatus).flatMap(([status, count]) => (over.includes(status) ? [] : [`I8 ${count} withdrawals are still ${status}`]));

/** A sample of what was acknowledged, asked for as a client would. */
async function unfinished(system: LocalSystem, acknowledged: readonly string[]): Promise<string[]> {
  const every = Math.max(1, Math.floor(acknowledged.length / 50));
  const found: string[] = [];
  for (const id of acknowledged.filter((_, index) => index % every === 0)) {
    const answer = await fetch(`${system.urls['payment']}/v1/transfers/${id}`, { signal: AbortSignal.timeout(10_000) });
    const body = (await answer.json()) as { status?: string };
    if (answer.status !== 200) found.push(`I13 transfer ${id}: acknowledged, and GET says ${answer.status}`);
    else if (body.status !== 'COMPLETED' && body.status !== 'FAILED') found.push(`I8 transfer ${id}: GET says ${body.status}`);
  }
  return found;
}

async function freePortBase(brokers: number): Promise<number> {
  const offsets = [...SERVICES.map(({ portOffset }) => portOffset), 32, ...Array.from({ length: 2 * brokers }, (_, index) => 92 + index)];
  const start = Math.floor(Math.random() * 10);
  for (let step = 0; step <= (lastPortBase - firstPortBase) / 100; step += 1) {
    const portBase = firstPortBase + ((start + step) % 10) * 100;
    if ((await Promise.all(offsets.map((offset) => isPortFree(portBase + offset)))).every(Boolean)) return portBase;
  }
  throw new Error(`no free ports from ${firstPortBase} to ${lastPortBase + 99}`);
}
