import { currency } from '@falconpay/money/currency';
import { gatewayUseCase } from '../../gateway-rows.js';
import { partnerKey, type RegisteredPartner } from '../../outside/registered-partner.js';

const id = 'lobby';

/** Makes the demo's machine known, at the simulator, unless somebody has made one of that name known before. */
export const seedDemo = gatewayUseCase({
  name: 'seed-demo',
  needs: (_: { readonly simulatorUrl: string }) => ({ partners: [partnerKey('machine', id)] }),
  decide: ({ simulatorUrl }, rows, { now }) => {
    const machine: RegisteredPartner = {
      ...{ kind: 'machine', id, url: `${simulatorUrl}/v1/atms/${id}`, currency: currency('USD'), smallestNote: 1_000n },
      ...{ version: 1, createdAt: now, updatedAt: now },
    };
    const isKnown = rows.get('partners', partnerKey('machine', id)) !== undefined;
    return { put: { partners: isKnown ? [] : [machine] }, reply: { status: 200, body: { isKnown } } };
  },
});
