import { fromWire } from '@falconpay/money/money';
import type { ServiceRuntime } from '@falconpay/service/service-runtime';
import type { GatewayRows } from '../gateway-rows.js';
import type { Desk } from '../outside/errand-worker.timer.js';
import type { Patience } from '../outside/errand.js';
import type { PartnerAnswer, PartnerPort } from '../outside/partner-port.js';
import { claimErrand, type Task } from './claim-errand/claim-errand.js';
import { recordEvidence } from './record-evidence/record-evidence.js';

/** A late answer is evidence too: it is listened for this many times as long as an answer may take. */
const listenFor = 5;
const questionMsMax = 10_000;

/** Errands of orders that go out against a hold: claimed, carried out and recorded alike, whoever the partner is. */
export function orderDesk(runtime: ServiceRuntime<GatewayRows>, port: PartnerPort, patience: Patience): Desk<Task> {
  const questionMs = Math.min(patience.answerWithinMs, questionMsMax);
  return {
    claim: async ({ orderId, partner }) => {
      const { task } = (await runtime.run(claimErrand, { orderId, partner, patience })) as { task?: Task };
      return task;
    },
    carryOut: ({ orderId, step, partner, amount, command }): Promise<PartnerAnswer> => {
      const order = { id: orderId, partner, amount: fromWire(amount) };
      if (step === 'command') return port.command(order, command, patience.answerWithinMs * listenFor);
      return step === 'cancel' ? port.cancel(order, questionMs) : port.inquire(order, questionMs);
    },
    record: async ({ orderId, step }, { tookMs: _, ...answer }) => {
      await runtime.run(recordEvidence, { orderId, asked: step, answer });
    },
  };
}
