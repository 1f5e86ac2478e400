import { serviceUrl } from '../service-url.js';
import { seriesIn, type Series } from './series.js';

/** What one service measures, as it tells everybody; `undefined` when it does not answer. */
export class Scrape {
  private constructor(private readonly all: readonly Series[]) {}

  static async of(service: string, env: NodeJS.ProcessEnv): Promise<Scrape | undefined> {
    const text = await fetch(`${serviceUrl(service, env)}/metrics`, { signal: AbortSignal.timeout(10_000) })
      .then((answer) => (answer.ok ? answer.text() : undefined))
      .catch(() => undefined);
    return text === undefined ? undefined : new Scrape(seriesIn(text));
  }

  series(name: string, labels: Readonly<Record<string, string>> = {}): Series[] {
    const wanted = Object.entries(labels);
    return this.all.filter((each) => each.name === name && wanted.every(([key, value]) => each.labels[key] === value));
  }

  /** Null when the service left it out: it had nothing to tell, or could not look it up. */
  value(name: string, labels: Readonly<Record<string, string>> = {}): number | null {
    return this.series(name, labels)[0]?.value ?? null;
  }
}
