import { read } from '@falconpay/postgres/transaction';
import type { ServiceRuntime } from '@falconpay/service/service-runtime';
import type { BackofficeRows } from '../../backoffice-rows.js';
import { listedBefore, type OpenSagaRow } from '../open-sagas.query.js';
import { readTimelines } from '../read-timelines.js';
import { standingOf, type OverdueAfter } from '../timeline.js';
import { sweepOpenSagas } from './sweep-open-sagas.js';

const atOnceMax = 500;

/** The list stays as long as what truly waits is: what is on it in error is found by looking at the events themselves. */
export function sweepOpenSagasBy(runtime: ServiceRuntime<BackofficeRows>, overdueAfter: OverdueAfter, everyMs: number): void {
  runtime.repeat('sweeping the list of open sagas', everyMs, async () => {
    const now = new Date();
    const before = new Date(now.getTime() - overdueAfter.serviceMs).toISOString();
    let [at, id] = [new Date(0).toISOString(), ''];
    for (let found = atOnceMax; found === atOnceMax;) {
      const rows = await read<OpenSagaRow>(runtime.source, listedBefore, [before, at, id, atOnceMax]);
      found = rows.length;
      const last = rows.at(-1);
      if (!last) return;
      [at, id] = [last.at.toISOString(), last.saga_id];
      const timelines = await readTimelines(
        runtime.source,
        rows.map(({ saga_id }) => saga_id),
      );
      const ended = rows.filter(({ saga_id }) => standingOf(timelines.get(saga_id) ?? [], overdueAfter, now).expected.length === 0);
      if (ended.length > 0)
        await runtime.run(
          sweepOpenSagas,
          ended.map(({ saga_id: sagaId, at }) => ({ sagaId, at })),
        );
    }
  });
}
