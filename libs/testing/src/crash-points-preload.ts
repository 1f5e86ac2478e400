// Loaded into a service before its own code (`node --import`), by tests only: see crash-points.ts.
import fs, { readFileSync, writeFileSync } from 'node:fs';
import http, { ServerResponse, type ClientRequest } from 'node:http';
import { syncBuiltinESMExports } from 'node:module';
import { Socket } from 'node:net';
import { basename, dirname } from 'node:path';
import { Kafka, type Consumer, type Producer } from 'kafkajs';
import pg from 'pg';
import { crashFolderVariable, planFileOf, pointsFileOf, writePoint, type CrashMoment, type CrashPlan } from './crash-points.js';

type Call = (this: unknown, ...args: unknown[]) => unknown;
type Statement = string | { readonly name?: string; readonly text?: string } | undefined;

const folder = process.env[crashFolderVariable] ?? '';
/** `apps/wallet/dist/main.js` is the wallet. */
const service = basename(dirname(dirname(process.argv[1] ?? '')));

class Points {
  private plan: CrashPlan | undefined;
  private readonly counts = new Map<string, number>();
  private readonly sending = new Map<string, (bytes: Buffer) => boolean>();
  /** A cursor that moves without anything having been sent is housekeeping, and comes at any time. */
  private hasProduced = false;

  get armed(): boolean {
    return this.plan !== undefined;
  }

  arm(): void {
    this.plan = JSON.parse(readFileSync(planFileOf(folder, service), 'utf8')) as CrashPlan;
    this.counts.clear();
    this.hasProduced = false;
    writeFileSync(pointsFileOf(folder, service), '');
  }

  reach(name: string): string {
    const count = (this.counts.get(name) ?? 0) + 1;
    this.counts.set(name, count);
    const id = `${name}#${count}`;
    writePoint(pointsFileOf(folder, service), id);
    return id;
  }

  strike(id: string, when: CrashMoment): void {
    if (this.plan?.point !== id || this.plan.when !== when) return;
    writePoint(pointsFileOf(folder, service), `! ${when} ${id}`);
    const { signal = 'SIGKILL' } = this.plan;
    this.plan = {};
    process.kill(process.pid, signal);
  }

  /** A call whose bytes are told by `isIts` when they leave. */
  async around(name: string, isIts: (bytes: Buffer) => boolean, call: () => unknown): Promise<unknown> {
    const id = this.reach(name);
    this.strike(id, 'before');
    this.sending.set(id, isIts);
    try {
      const result = await call();
      this.strike(id, 'after');
      return result;
    } finally {
      this.sending.delete(id);
    }
  }

  left(bytes: Buffer): void {
    for (const [id, isIts] of this.sending) {
      if (!isIts(bytes)) continue;
      this.sending.delete(id);
      return this.strike(id, 'sent');
    }
  }

  produced(): void {
    this.hasProduced = true;
  }

  takeProduced(): boolean {
    const produced = this.hasProduced;
    this.hasProduced = false;
    return produced;
  }
}

const points = new Points();
const inTransaction = new WeakSet<object>();

const isKafkaRequest = (apiKey: number) => (bytes: Buffer) => bytes.length > 6 && bytes.readInt16BE(4) === apiKey;
const isProduce = isKafkaRequest(0);
const isOffsetCommit = isKafkaRequest(8);
/** A simple query: what begins and ends transactions. */
const isQuery = (bytes: Buffer): boolean => bytes[0] === 0x51;

function replace(target: object, method: string, make: (original: Call) => Call): void {
  const methods = target as Record<string, Call>;
  const original = methods[method];
  if (!original) throw new Error(`there is no ${method} to stand before`);
  methods[method] = make(original);
}

function nameOf(statement: Statement): string {
  if (typeof statement === 'string') return statement.toUpperCase();
  return statement?.name ?? (statement?.text ?? '').toUpperCase();
}

async function countedQuery(client: object, name: string, run: () => unknown): Promise<unknown> {
  if (name === 'relay first page') {
    // Looking and finding nothing happens all the time.
    const result = (await run()) as { rows: unknown[] };
    if (result.rows.length > 0) points.strike(points.reach(name), 'after');
    return result;
  }
  if (name === 'relay advance') return points.takeProduced() ? points.around(name, isQuery, run) : run();
  if (name === 'START TRANSACTION') inTransaction.add(client);
  if (!inTransaction.has(client)) return run();
  if (name === 'COMMIT' || name === 'ROLLBACK') inTransaction.delete(client);
  return points.around(name, isQuery, run);
}

replace(
  pg.Client.prototype,
  'query',
  (query) =>
    function (this: unknown, ...args: unknown[]) {
      const run = (): unknown => query.apply(this, args);
      return points.armed ? countedQuery(this as object, nameOf(args[0] as Statement), run) : run();
    },
);

replace(
  Kafka.prototype,
  'producer',
  (make) =>
    function (this: unknown, ...args: unknown[]) {
      const producer = make.apply(this, args) as Producer;
      replace(producer, 'sendBatch', (send) => async (...batch) => {
        if (!points.armed) return send(...batch);
        points.produced();
        return points.around('produce', isProduce, () => send(...batch));
      });
      return producer;
    },
);

replace(
  Kafka.prototype,
  'consumer',
  (make) =>
    function (this: unknown, ...args: unknown[]) {
      const consumer = make.apply(this, args) as Consumer;
      replace(
        consumer,
        'commitOffsets',
        (commit) =>
          async (...offsets) =>
            points.armed ? points.around('commit offsets', isOffsetCommit, () => commit(...offsets)) : commit(...offsets),
      );
      return consumer;
    },
);

replace(
  ServerResponse.prototype,
  'end',
  (end) =>
    function (this: unknown, ...args: unknown[]) {
      const response = this as ServerResponse;
      if (!points.armed || response.req.method !== 'POST') return end.apply(response, args);
      const id = points.reach('answer');
      points.strike(id, 'before');
      response.once('finish', () => points.strike(id, 'after'));
      return end.apply(response, args);
    },
);

/** A call to the outside: `call POST dispenses`, `call POST cancel`, `call GET`. */
function callNameOf({ method, path }: ClientRequest): string {
  return method === 'POST' ? `call POST ${path.split('/').at(-1)}` : `call ${method}`;
}

replace(
  http,
  'request',
  (request) =>
    function (this: unknown, ...args: unknown[]) {
      const call = request.apply(this, args) as ClientRequest;
      if (!points.armed) return call;
      const id = points.reach(callNameOf(call));
      // Nothing has left yet: that takes another turn of the loop.
      points.strike(id, 'before');
      const isAnswered = (): void => points.strike(id, 'after');
      call.once('finish', () => points.strike(id, 'sent')).once('error', isAnswered);
      call.once('response', (answer) => answer.once('end', isAnswered));
      return call;
    },
);

/** The simulator's journal, which is told by its place in the file from what is merely said. */
replace(
  fs,
  'writeSync',
  (write) =>
    function (this: unknown, ...args: unknown[]) {
      if (!points.armed || typeof args[4] !== 'number') return write.apply(this, args);
      const id = points.reach('journal');
      points.strike(id, 'before');
      const result = write.apply(this, args);
      points.strike(id, 'after');
      return result;
    },
);
syncBuiltinESMExports();

replace(
  Socket.prototype,
  'write',
  (write) =>
    function (this: unknown, ...args: unknown[]) {
      const result = write.apply(this, args);
      const [bytes] = args;
      if (points.armed && Buffer.isBuffer(bytes)) points.left(bytes);
      return result;
    },
);

process.on('SIGUSR2', () => points.arm());
