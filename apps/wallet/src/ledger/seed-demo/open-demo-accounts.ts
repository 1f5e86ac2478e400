import type { Pipeline } from '@falconpay/pipeline/pipeline';
import type { UseCase } from '@falconpay/pipeline/use-case';
import type { WalletRows } from '../../wallet-rows.js';
import { demoAccounts, seedDemo } from './seed-demo.js';

/** For starting up: nobody is answered. */
export async function openDemoAccounts(pipeline: Pipeline<WalletRows>): Promise<void> {
  const outcome = await pipeline.request({
    kind: 'request',
    todo: { useCase: seedDemo as UseCase<WalletRows, unknown>, message: demoAccounts },
    idempotency: undefined,
    requestId: 'seed-demo',
    traceparent: undefined,
    answerRefusal: ({ detail }) => {
      throw new Error(detail);
    },
  });
  if (outcome.kind === 'failed') throw outcome.error;
}
