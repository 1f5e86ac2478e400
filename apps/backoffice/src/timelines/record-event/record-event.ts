import { backofficeUseCase } from '../../backoffice-rows.js';
import { markOf } from '../open-saga.js';
import type { TimelineEvent } from '../timeline-event.js';

/** Notes that an event was published. It needs no row, so thousands share a commit and none waits. */
export const recordEvent = backofficeUseCase({
  name: 'record-event',
  needs: () => ({}),
  decide: (event: TimelineEvent) => (event.sagaId === '' ? {} : { put: { timelineEvents: [event], openSagas: [markOf(event)] } }),
});
