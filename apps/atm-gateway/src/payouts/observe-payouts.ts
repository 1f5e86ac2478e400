import { read } from '@falconpay/postgres/transaction';
import type { ServiceRuntime } from '@falconpay/service/service-runtime';
import type { Metrics } from '@falconpay/telemetry/metrics';
import type { GatewayRows } from '../gateway-rows.js';
import type { CircuitBreaker } from '../outside/circuit-breaker.js';
import { countWaiting } from './payout-queue.table.js';

/** How full the queue is, how many did not get in, and which banks are left alone. */
export function observePayouts(
  runtime: ServiceRuntime<GatewayRows>,
  circuits: CircuitBreaker,
  metrics: Metrics,
): { readonly onTurnedAway: () => void } {
  const turnedAway = metrics.counter('falconpay_payouts_turned_away_total').with({});
  runtime.onCommitted(({ decisions }) => {
    for (const { reply } of decisions) if (reply && 'refused' in reply && reply.refused === 'queue-full') turnedAway.add();
  });
  const waiting = metrics.gauge('falconpay_payouts_waiting');
  waiting.onScrape(async () => {
    const banks = await read<{ partner: string; waiting: number }>(runtime.source, countWaiting);
    waiting.reset();
    for (const { partner: bank, waiting: count } of banks) waiting.with({ bank }).set(count);
  });
  const open = metrics.gauge('falconpay_partner_circuit_open');
  open.onScrape(() => {
    open.reset();
    for (const partner of circuits.open()) open.with({ partner }).set(1);
  });
  return { onTurnedAway: () => turnedAway.add() };
}
