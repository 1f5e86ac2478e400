import { renameSync, writeFileSync } from 'node:fs';
import { Session } from 'node:inspector/promises';
import { isMainThread } from 'node:worker_threads';

/**
 * Loaded into a service before itself (NODE_OPTIONS=--import): SIGUSR2 begins a profile, the next one ends it and writes it
 * to the file named by the environment. So a profile shows the load, not the start; and the service knows nothing of it.
 */
const file = process.env['FALCONPAY_BENCH_PROFILE'];
if (isMainThread && file !== undefined) profileInto(file);

function profileInto(destination: string): void {
  const session = new Session();
  let running = false;
  const toggle = async (): Promise<void> => {
    if (running) {
      const { profile } = await session.post('Profiler.stop');
      writeFileSync(`${destination}.part`, JSON.stringify(profile));
      renameSync(`${destination}.part`, destination);
    } else {
      session.connect();
      await session.post('Profiler.enable');
      await session.post('Profiler.setSamplingInterval', { interval: 500 });
      await session.post('Profiler.start');
      // Its existence tells that the profile has begun.
      writeFileSync(`${destination}.begun`, '');
    }
    running = !running;
  };
  process.on('SIGUSR2', () => {
    toggle().catch((error: unknown) => console.error('profile', error));
  });
}
