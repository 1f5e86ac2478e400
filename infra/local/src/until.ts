import { setTimeout as sleep } from 'node:timers/promises';

/** Tries until it works; gives up only when the signal says so. An attempt that throws is one that did not work. */
export async function until(attempt: () => Promise<boolean>, signal: AbortSignal, everyMs = 50): Promise<void> {
  for (;;) {
    signal.throwIfAborted();
    if (await attempt().catch(() => false)) return;
    await sleep(everyMs, undefined, { signal });
  }
}
