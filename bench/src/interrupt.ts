type Cleanup = () => Promise<void>;

const cleanups = new Set<Cleanup>();
let interrupted = false;

/** What has to be done when the run is broken off. Returns what takes that back. */
export function onInterrupt(cleanup: Cleanup): () => void {
  cleanups.add(cleanup);
  return () => void cleanups.delete(cleanup);
}

/** Ctrl-C leaves nothing behind; a second one does not wait. */
export function endOnSignals(): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (interrupted) process.exit(130);
      interrupted = true;
      void Promise.allSettled([...cleanups].map((cleanup) => cleanup())).then(() => process.exit(130));
    });
  }
}

/** What fails because everything is being stopped is no news to anybody: it waits for the end instead. */
export function reportUnlessInterrupted(report: () => void): Promise<never> | void {
  return interrupted ? new Promise<never>(() => undefined) : report();
}
