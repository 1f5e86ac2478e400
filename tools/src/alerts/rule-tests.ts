import { load } from 'js-yaml';
import { secondsOf, type History, type Labels, type Sample } from './promql.js';

interface TestFile {
  readonly rule_files: readonly string[];
  readonly evaluation_interval: string;
  readonly tests: readonly {
    readonly name: string;
    readonly interval: string;
    readonly input_series: readonly { readonly series: string; readonly values: string }[];
    readonly alert_rule_test: readonly {
      readonly eval_time: string;
      readonly alertname: string;
      readonly exp_alerts?: readonly { readonly exp_labels: Labels; readonly exp_annotations: Labels }[];
    }[];
  }[];
}

export interface RuleTest {
  readonly name: string;
  readonly alert: string;
  readonly history: History;
  readonly at: number;
  readonly everySeconds: number;
  readonly expected: readonly { readonly exp_labels: Labels; readonly exp_annotations: Labels }[];
}

/** The tests of a file in the form of `promtool test rules`. */
export function ruleTestsIn(yaml: string): RuleTest[] {
  const { evaluation_interval, tests } = load(yaml) as TestFile;
  return tests.flatMap(({ name, interval, input_series, alert_rule_test }) => {
    const history = historyOf(input_series, secondsOf(interval));
    return alert_rule_test.map(({ eval_time, alertname, exp_alerts = [] }) => ({
      ...{ name, alert: alertname, history, at: secondsOf(eval_time) },
      ...{ everySeconds: secondsOf(evaluation_interval), expected: exp_alerts },
    }));
  });
}

function historyOf(inputs: readonly { readonly series: string; readonly values: string }[], everySeconds: number): History {
  const scrapes = new Map<number, Sample[]>();
  for (const { series, values } of inputs) {
    const [sample] = samplesIn(`${series} 0`);
    if (!sample) throw new Error(`${series} is no series`);
    valuesOf(values).forEach((value, index) => {
      if (value !== undefined) scrapes.set(index, [...(scrapes.get(index) ?? []), { ...sample, value }]);
    });
  }
  return [...scrapes].sort(([one], [other]) => one - other).map(([index, samples]) => ({ at: index * everySeconds, samples }));
}

/** `0+2x3` is 0 2 4 6; `5x2` is 5 5 5; `_` is a scrape without the series. */
function valuesOf(text: string): (number | undefined)[] {
  return text.split(/\s+/).flatMap((part) => {
    const [, empty, start = '', step = '0', times = '0'] = /^(?:(_)|(-?[\d.]+)([+-][\d.]+)?)(?:x(\d+))?$/.exec(part) ?? [];
    const count = Number.parseInt(times, 10);
    if (empty !== undefined) return Array.from({ length: Math.max(count, 1) }, () => undefined);
    if (start === '') throw new Error(`${part} are no values`);
    return Array.from({ length: count + 1 }, (_, index) => Number.parseFloat(start) + index * Number.parseFloat(step));
  });
}

/** The samples of a scrape, as `GET /metrics` shows them. */
export const samplesIn = (text: string): Sample[] =>
  text.split('\n').flatMap((line) => {
    const [, name, labels = '', value = ''] = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
    return name === undefined ? [] : [{ name, labels: labelsIn(labels), value: Number.parseFloat(value) }];
  });

const labelsIn = (text: string): Labels =>
  Object.fromEntries([...text.matchAll(/([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/g)].map(([, name = '', value = '']) => [name, value]));
