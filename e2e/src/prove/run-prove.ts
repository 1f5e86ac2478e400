import { setMaxListeners } from 'node:events';
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
import { orderKinds, partnersInBooks, type AtPartners, type OrderKind } from '../partners-in-books.js';
import { answersNotInBooks, effectsWithoutAnswer } from './answers-in-books.js';
import { Faults } from './faults.js';
import { Load } from './load.js';
import { partners } from './partner-errands.js';
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
  readonly outside: Readonly<Record<OrderKind, AtPartners>>;
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
  /** Withdrawals at machines, payouts and redemptions. */
  readonly outside: Readonly<Record<OrderKind, number>>;
}

const services = ['payment', 'wallet', 'atm-gateway'] as const;
/** A partner is asked soon, and people have to look after a minute: longer than anything is down here. The queue of payouts is full at times. */
const partnerPatience = {
  ...{ ATM_DISPENSE_TIMEOUT_MS: '600', ATM_REVIEW_AFTER_MS: '60000', ATM_RECONCILE_EVERY_MS: '5000' },
  ...{ PAYOUT_TIMEOUT_MS: '600', PAYOUT_WORKERS: '8', PAYOUT_QUEUE: '24', REDEMPTION_TIMEOUT_MS: '600', REVERSAL_RETRY_MS: '100' },
};
/** Set in a developer's own environment, they would lead elsewhere. */
const ownInfrastructure = {
  ...{ KAFKA_BROKERS: '', PAYMENT_DATABASE_URL: '', WALLET_DATABASE_URL: '', ATM_GATEWAY_DATABASE_URL: '', BACKOFFICE_DATABASE_URL: '' },
};
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
      env: { LOG_LEVEL: 'warn', ...ownInfrastructure, ...partnerPatience },
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
  // Each client listens, and waits for two answers at most.
  setMaxListeners(2 * clients + 1, giveUp);
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
    await ordersEnded(system, AbortSignal.any([interrupted, AbortSignal.timeout(settleMsMax)])).catch(() => undefined);
    interrupted.throwIfAborted();
    const report = await booksOf(system, load.transfers.acknowledged, interrupted, log);
    await watch.stop();
    const outside = await outsideOf(system);
    const violations = [
      ...(await compare(system, load, watch, report, options)),
      ...Object.values(outside).flatMap(({ wrong, underWay }) => [...wrong, ...underWay]),
    ];
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
      outside,
      violations,
      home: options.keep ? system.home : undefined,
    };
  } finally {
    // However it went, nothing goes on.
    hopeless.abort();
    await Promise.all([load.stop(), watch.stop()]);
  }
}

function acknowledgedIn({ transfers, counter: { postings }, holds: { holds }, outside }: Load): WhatWasAcknowledged {
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
    outside: Object.fromEntries(orderKinds.map((kind) => [kind, outside.count(kind)])) as Record<OrderKind, number>,
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

/** Nobody waits for a partner any more: what is not over waits for people. */
async function ordersEnded(system: LocalSystem, signal: AbortSignal): Promise<void> {
  while (Object.values(await outsideOf(system)).some(({ underWay }) => underWay.length > 0)) await delay(500, undefined, { signal });
}

async function outsideOf(system: LocalSystem): Promise<Record<OrderKind, AtPartners>> {
  const found = orderKinds.map(async (kind) => [kind, await partnersInBooks(system, kind, partners)] as const);
  return Object.fromEntries(await Promise.all(found)) as Record<OrderKind, AtPartners>;
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
  const answers = { postings: load.counter.postings, holds: load.holds.holds, refunds, orders: load.outside.accepted };
  violations.push(...(await answersNotInBooks(urls, answers)));
  if (unresolved === 0) violations.push(...(await effectsWithoutAnswer(urls, answers)));
  violations.push(...(await unfinished(system, acknowledged)));
  return violations;
}

/** A sample of what was acknowledged, asked for as a client would, and as an operator, whose view may have to catch up. */
async function unfinished(system: LocalSystem, acknowledged: readonly string[]): Promise<string[]> {
  const every = Math.max(1, Math.floor(acknowledged.length / 50));
  const ask = async (service: string, path: string): Promise<{ status: string }> => {
    const answer = await fetch(`${system.urls[service]}${path}`, { signal: AbortSignal.timeout(10_000) });
    return answer.ok ? ((await answer.json()) as { status: string }) : { status: `answered with ${answer.status}` };
  };
  const found: string[] = [];
  const caughtUpBy = performance.now() + settleMsMax;
  for (const id of acknowledged.filter((_, index) => index % every === 0)) {
    const { status } = await ask('payment', `/v1/transfers/${id}`);
    if (status !== 'COMPLETED' && status !== 'FAILED') found.push(`I13 transfer ${id}: acknowledged, and to its client it is ${status}`);
    let timeline = await ask('backoffice', `/v1/timelines/${id}`);
    while (timeline.status !== 'ended' && performance.now() < caughtUpBy) {
      await delay(200);
      timeline = await ask('backoffice', `/v1/timelines/${id}`);
    }
    if (timeline.status !== 'ended') found.push(`I8 transfer ${id}: over, and to the back office it is ${timeline.status}`);
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
