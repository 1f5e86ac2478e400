import { gatewayUseCase } from '../../gateway-rows.js';
import { resolutionNeeds, resolve, type Resolution } from '../../orders/resolution.js';

/** The bank has told somebody what became of it. */
export const resolvePayout = gatewayUseCase({
  name: 'resolve-payout',
  needs: (resolution: Resolution) => resolutionNeeds(resolution),
  decide: (resolution, rows, { now }) => resolve('payout', resolution, rows, now),
});
