import type { ServiceRuntime } from '@falconpay/service/service-runtime';
import type { Logger } from '@falconpay/telemetry/logger';
import type { GatewayRows } from '../gateway-rows.js';
import { dueErrands } from './due-errands.js';
import { ErrandWorker, type Desk, type Task } from './errand-worker.timer.js';
import type { PartnerPort } from './partner-port.js';
import { partnerOfKey } from './registered-partner.js';

/** From now until the service stops: what a commit makes due at once is begun at once, what time makes due is looked for. */
export function sendErrands<T extends Task>(
  runtime: ServiceRuntime<GatewayRows>,
  port: PartnerPort,
  desks: Readonly<Record<string, Desk<T>>>,
  everyMs: number,
  logger: Logger,
): ErrandWorker<T> {
  const reserve = (partner: string, isCommand: boolean) => port.reserve(partnerOfKey(partner), isCommand ? 'command' : 'question');
  const worker = new ErrandWorker(desks, { reserve, due: dueErrands(runtime.source) }, logger);
  runtime.onCommitted(({ decisions, at }) => {
    for (const { put } of decisions)
      for (const { orderId, kind, partner, step, dueAt } of put?.errands ?? [])
        if (dueAt && dueAt <= at) worker.tell({ orderId, kind, partner, isCommand: step === 'command' });
  });
  runtime.repeat('looking for errands', everyMs, () => worker.look());
  runtime.onStop(async () => {
    await worker.stop();
    port.close();
  });
  return worker;
}
