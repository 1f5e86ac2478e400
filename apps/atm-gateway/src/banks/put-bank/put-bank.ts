import { gatewayUseCase } from '../../gateway-rows.js';
import { partnerView } from '../../outside/partner-view.js';
import { partnerKey, registered } from '../../outside/registered-partner.js';

/** Makes a bank known, or tells us where it is now. */
export const putBank = gatewayUseCase({
  name: 'put-bank',
  needs: ({ id }: { readonly id: string; readonly url: string }) => ({ partners: [partnerKey('bank', id)] }),
  decide: (bank, rows, { now }) => {
    const partner = { ...bank, kind: 'bank', currency: undefined, smallestNote: undefined } as const;
    const put = registered(partner, rows.get('partners', partnerKey('bank', bank.id)), now);
    return { put: { partners: [put] }, reply: { status: 200, body: partnerView(put) } };
  },
});
