import type { ServiceRuntime } from '@falconpay/service/service-runtime';
import type { Logger } from '@falconpay/telemetry/logger';
import type { WalletRows } from '../../wallet-rows.js';
import { BlockSealer } from './seal-blocks.js';

/** Every hash that is logged is kept outside the database too: with it nobody can write the chain anew unseen. */
export function sealBlocks(runtime: ServiceRuntime<WalletRows>, logger: Logger, everyMs: number): void {
  const sealer = new BlockSealer(runtime.source);
  runtime.repeat('sealing the ledger', everyMs, async () => {
    const head = await sealer.seal();
    if (head) logger.info({ block: head.number, hash: head.hash.toString('hex'), entry_id: head.lastId }, 'sealed the ledger');
  });
}
