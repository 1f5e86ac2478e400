import 'reflect-metadata';
import { readFileSync } from 'node:fs';
import { ServiceRuntime } from '@falconpay/service/service-runtime';
import { createLogger } from '@falconpay/telemetry/logger';
import { Metrics } from '@falconpay/telemetry/metrics';
import { topics, consumerGroup } from '@falconpay/contracts/choreography';
import { paymentTables } from '../../apps/payment/dist/payment-rows.js';
import { subscriptions as ps } from '../../apps/payment/dist/subscriptions.js';
import { CreatePayment1763683200000 } from '../../apps/payment/dist/migrations/1763683200000-create-payment.js';
import { createTransfer } from '../../apps/payment/dist/transfers/create-transfer/create-transfer.js';
import { createBulk } from '../../apps/payment/dist/transfers/create-bulk/create-bulk.js';
import { walletTables } from '../../apps/wallet/dist/wallet-rows.js';
import { subscriptions as ws } from '../../apps/wallet/dist/subscriptions.js';
import { CreateWallet1763683200000 } from '../../apps/wallet/dist/migrations/1763683200000-create-wallet.js';
import { seedDemo, demoAccounts } from '../../apps/wallet/dist/ledger/seed-demo/seed-demo.js';
import { currency } from '@falconpay/money/currency';
const infra = JSON.parse(readFileSync('/tmp/scratch/infra.json'));
const conf = (url) => ({
  databaseUrl: url,
  KAFKA_BROKERS: [infra.brokers],
  KAFKA_PREFIX: undefined,
  KAFKA_PARTITIONS: Number(process.env.PARTS ?? 6),
  KAFKA_REPLICATION_FACTOR: 1,
  DATABASE_POOL_SIZE: 10,
  INBOX_RETENTION_DAYS: 45,
  OUTBOX_RETENTION_DAYS: 7,
});
const which = process.argv[2] ?? 'both';
const mk = async (name, tables, subscriptions, mig) => {
  const log = createLogger({ service: name });
  const rt = new ServiceRuntime(
    { name, consumerGroup: consumerGroup(name), migrations: [mig], tables, subscriptions, topics },
    conf(infra.urls[name]),
    log,
    new Metrics({ service: name, version: '0' }),
  );
  await rt.start();
  for (const t of Object.keys(subscriptions)) rt.transport.addHandler(t, (r) => rt.takeIn(r), true);
  rt.transport.listen(() => {});
  return rt;
};
const w = which !== 'payment' && (await mk('wallet', walletTables, ws, CreateWallet1763683200000));
const p = which !== 'wallet' && (await mk('payment', paymentTables, ps, CreatePayment1763683200000));
const ask = (rt, useCase, message) =>
  rt.pipeline.request({
    kind: 'request',
    todo: { useCase, message },
    answerRefusal: (r) => ({ status: 422, headers: {}, body: JSON.stringify(r) }),
  });
if (w) {
  const big = [...demoAccounts];
  for (let i = 0; i < 1000; i++) big.push({ number: `b${i}`, owner: 'x', currency: currency('USD'), opening: 1000000n });
  console.log((await ask(w, seedDemo, big)).answer?.body);
}
if (p) {
  const done = new Map();
  let finished = 0;
  let wake;
  p.onCommitted((c) => {
    for (const d of c.decisions)
      for (const t of d.put?.transfers ?? [])
        if (t.status !== 'PENDING') {
          finished++;
          done.get(t.id)?.(t);
        }
  });
  const one = async (from, to) => {
    const t0 = performance.now();
    const o = await ask(p, createTransfer, { client: 'local', order: { from, to, amount: { amount: 100n, currency: currency('USD') } } });
    const id = JSON.parse(o.answer.body).id;
    const t = await new Promise((r) => done.set(id, r));
    return [t.status, t.failure, performance.now() - t0];
  };
  console.log(await one('1001', '1002'));
  console.log(await one('1001', '1002'), await one('9999', '1001'), await one('77', '1001'));
  const lat = [];
  for (let i = 0; i < 50; i++) lat.push((await one('1001', '1002'))[2]);
  lat.sort((a, b) => a - b);
  console.log('p50', lat[25], 'max', lat[49]);
  const N = Number(process.env.N ?? 40000);
  const B = 1000;
  const start = finished;
  const t0 = performance.now();
  const c0 = process.cpuUsage();
  const jobs = [];
  let next = 0;
  const worker = async () => {
    while (next < N) {
      next += B;
      await ask(p, createBulk, {
        client: 'local',
        atomic: false,
        items: Array.from({ length: B }, () => {
          const a = (Math.random() * 1000) | 0;
          return {
            from: `b${a}`,
            to: `b${(a + 1 + ((Math.random() * 998) | 0)) % 1000}`,
            amount: { amount: 1n, currency: currency('USD') },
          };
        }),
      });
    }
  };
  await Promise.all([worker(), worker(), worker(), worker()]);
  const t1 = performance.now();
  console.log('accepted', (N / (t1 - t0)) * 1000);
  while (finished < start + N) await new Promise((r) => setTimeout(r, 20));
  const t2 = performance.now();
  const c = process.cpuUsage(c0);
  console.log(
    'completed/s',
    (N / (t2 - t0)) * 1000,
    'cpu',
    (c.user + c.system) / 1e6,
    's of',
    (t2 - t0) / 1000,
    'rss',
    process.memoryUsage().rss / 1e6,
  );
  const s0 = performance.now();
  let n = 0;
  const f0 = finished;
  await Promise.all(
    Array.from({ length: 64 }, async () => {
      while (performance.now() - s0 < 5000) {
        const a = (Math.random() * 1000) | 0;
        await one(`b${a}`, `b${(a + 1) % 1000}`);
        n++;
      }
    }),
  );
  console.log('closed-loop saga/s with 64', n / 5);
  await p.stop;
  process.kill(process.pid);
}
