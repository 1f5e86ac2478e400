/** One series of what a service tells Prometheus. */
export interface Series {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const sample = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/;
const label = /(\w+)="((?:[^"\\]|\\.)*)"/g;

/** Every sample of an answer to `GET /metrics`. */
export function seriesIn(text: string): Series[] {
  return text.split('\n').flatMap((line): Series[] => {
    const [, name, labels = '', value = ''] = sample.exec(line) ?? [];
    if (name === undefined) return [];
    const pairs = [...labels.matchAll(label)].map(([, key = '', quoted = '']): [string, string] => [key, unquoted(quoted)]);
    return [{ name, labels: Object.fromEntries(pairs), value: Number(value) }];
  });
}

const unquoted = (text: string): string => text.replaceAll(/\\(.)/g, (_, escaped: string) => (escaped === 'n' ? '\n' : escaped));
