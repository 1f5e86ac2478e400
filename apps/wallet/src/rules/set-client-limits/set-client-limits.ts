import { walletUseCase } from '../../wallet-rows.js';
import { newClient, withClientLimits } from '../client.js';
import type { Limits } from '../limits.js';
import { clientLimitsView } from '../limits-view.js';

export interface SetClientLimits {
  readonly client: string;
  /** Undefined: none from now on. */
  readonly limits: Limits | undefined;
}

/** Puts these limits in the place of those there were. What has been spent today stays counted. */
export const setClientLimits = walletUseCase({
  name: 'set-client-limits',
  needs: ({ client }: SetClientLimits) => ({ clients: [client] }),
  decide: ({ client: id, limits }, rows, { now }) => {
    const client = rows.get('clients', id);
    const after = client ? withClientLimits(client, limits, now) : newClient(id, limits, now);
    return { put: { clients: [after] }, reply: { status: 200, body: clientLimitsView(id, after, now) } };
  },
});
