import { backofficeUseCase } from '../../backoffice-rows.js';
import type { SagaMark } from '../open-saga.js';

/** Takes sagas off the list that were put on it by an event which came late: they had gone on already. */
export const sweepOpenSagas = backofficeUseCase({
  name: 'sweep-open-sagas',
  needs: () => ({}),
  decide: (ended: readonly Omit<SagaMark, 'isOpen'>[]) => ({
    put: { openSagas: ended.map((mark) => ({ ...mark, isOpen: false })) },
    reply: { status: 200, body: { ended: ended.length } },
  }),
});
