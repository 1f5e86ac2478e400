import { eventually } from '@falconpay/testing/eventually';
import { createLogger } from '@falconpay/telemetry/logger';
import { QuietFailures } from './quiet-failures.js';
import { RepeatedWork } from './repeated-work.js';

const failures = () => new QuietFailures(createLogger({ service: 'test', destination: { write: () => undefined } }), 'testing');

describe('work that is repeated', () => {
  it('goes on after a run that failed, one run at a time, and ends with the run that is under way', async () => {
    let underWay = 0;
    let most = 0;
    let runs = 0;
    let finish: () => void = () => undefined;
    const repeated = new RepeatedWork(
      1,
      async () => {
        runs += 1;
        most = Math.max(most, (underWay += 1));
        if (runs > 3) await new Promise<void>((resolve) => (finish = resolve));
        underWay -= 1;
        if (runs % 2 === 1) throw new Error('not this time');
      },
      failures(),
    );
    await eventually('the fourth run is under way', () => runs === 4, { everyMs: 1 });
    let stopped = false;
    const stopping = repeated.stop().then(() => (stopped = true));
    await new Promise((resolve) => setImmediate(resolve));
    expect(stopped).toBe(false);
    finish();
    await stopping;
    expect({ runs, most, underWay }).toEqual({ runs: 4, most: 1, underWay: 0 });
  });
});
