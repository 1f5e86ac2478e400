import { gatewayUseCase } from '../../gateway-rows.js';
import { resolutionNeeds, resolve, type Resolution } from '../../orders/resolution.js';

/** Somebody has counted the cash. */
export const resolveWithdrawal = gatewayUseCase({
  name: 'resolve-withdrawal',
  needs: (resolution: Resolution) => resolutionNeeds(resolution),
  decide: (resolution, rows, { now }) => resolve('withdrawal', resolution, rows, now),
});
