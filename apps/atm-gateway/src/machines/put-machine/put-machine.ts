import type { Currency } from '@falconpay/money/currency';
import { gatewayUseCase } from '../../gateway-rows.js';
import { partnerKey, registered } from '../../outside/registered-partner.js';
import { machineView } from '../machine-view.js';

export interface PutMachine {
  readonly id: string;
  readonly url: string;
  readonly currency: Currency;
  readonly smallestNote: bigint;
}

/** Makes a machine known, or tells us what has changed about it. */
export const putMachine = gatewayUseCase({
  name: 'put-machine',
  needs: ({ id }: PutMachine) => ({ partners: [partnerKey('machine', id)] }),
  decide: (machine, rows, { now }) => {
    const put = registered({ ...machine, kind: 'machine' }, rows.get('partners', partnerKey('machine', machine.id)), now);
    return { put: { partners: [put] }, reply: { status: 200, body: machineView(put) } };
  },
});
