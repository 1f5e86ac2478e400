import { gatewayUseCase } from '../../gateway-rows.js';
import { partnerView } from '../../outside/partner-view.js';
import { partnerKey, registered } from '../../outside/registered-partner.js';

/** Makes an institution known, or tells us where it is now. */
export const putInstitution = gatewayUseCase({
  name: 'put-institution',
  needs: ({ id }: { readonly id: string; readonly url: string }) => ({ partners: [partnerKey('institution', id)] }),
  decide: (institution, rows, { now }) => {
    const partner = { ...institution, kind: 'institution', currency: undefined, smallestNote: undefined } as const;
    const put = registered(partner, rows.get('partners', partnerKey('institution', institution.id)), now);
    return { put: { partners: [put] }, reply: { status: 200, body: partnerView(put) } };
  },
});
