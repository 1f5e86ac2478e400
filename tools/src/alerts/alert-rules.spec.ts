import { METRICS } from '@falconpay/telemetry/metric-table';
import { filesBelow, readText } from '../workspace.js';
import { alertFolder, firing, rulesIn } from './alert-rules.js';
import { evaluate, keyOf, seriesIn } from './promql.js';
import { ruleTestsIn } from './rule-tests.js';

const files = filesBelow(alertFolder).filter((path) => path.endsWith('.yml'));
const rules = files.filter((path) => !path.endsWith('.test.yml')).flatMap((path) => rulesIn(readText(path)));
const tests = files.filter((path) => path.endsWith('.test.yml')).flatMap((path) => ruleTestsIn(readText(path)));
const ruleNamed = (name: string) => {
  const rule = rules.find(({ alert }) => alert === name);
  if (!rule) throw new Error(`there is no rule ${name}`);
  return rule;
};
/** Every series has these from whoever scrapes it. */
const labelsOfScrapes = ['job', 'instance'];

describe.each(rules.map((rule) => [rule.alert, rule] as const))('%s', (name, rule) => {
  it('asks for series that there are, by labels that they have', () => {
    for (const series of seriesIn(rule.expr)) {
      const metric = Object.entries(METRICS).find(([known]) => known === series.name)?.[1];
      expect({ series: series.name, known: metric !== undefined }).toEqual({ series: series.name, known: true });
      const labels: readonly string[] = [...(metric?.labels ?? []), ...labelsOfScrapes];
      expect(series.labels.filter((label) => !labels.includes(label))).toEqual([]);
    }
  });

  it('has a severity, and a runbook that begins with its name', () => {
    expect(['page', 'warn']).toContain(rule.labels['severity']);
    expect(rule.annotations['runbook']).toBe(`docs/runbooks/${name}.md`);
    expect(readText(rule.annotations['runbook'] ?? '')).toMatch(new RegExp(`^# ${name}\n`));
  });

  it('is tested where it fires, and where it stays silent', () => {
    const own = tests.filter(({ alert }) => alert === name);
    expect(own.some(({ expected }) => expected.length > 0)).toBe(true);
    expect(own.some(({ expected }) => expected.length === 0)).toBe(true);
  });
});

describe('the rules', () => {
  it.each(tests.map((test) => [`${test.alert} after ${test.at / 60} min: ${test.name}`, test] as const))('%s', (_, test) => {
    const rule = ruleNamed(test.alert);
    const fired = firing(rule, test.history, test.at, test.everySeconds).map((labels) => ({
      exp_labels: labels,
      exp_annotations: rule.annotations,
    }));
    const byLabels = (one: (typeof fired)[number], other: (typeof fired)[number]): number =>
      keyOf(one.exp_labels) < keyOf(other.exp_labels) ? -1 : 1;
    expect(fired.sort(byLabels)).toEqual([...test.expected].sort(byLabels));
  });

  it('are as many as there are runbooks, under different names', () => {
    const names = rules.map(({ alert }) => alert).sort();
    expect(new Set(names).size).toBe(names.length);
    expect(
      filesBelow('docs/runbooks')
        .map((path) => path.replace(/^docs\/runbooks\/|\.md$/g, ''))
        .sort(),
    ).toEqual(names);
  });
});

describe('an expression', () => {
  const history = [
    { at: 0, samples: [{ name: 'a', labels: { x: '1' }, value: 3 }] },
    { at: 60, samples: [{ name: 'a', labels: { x: '1' }, value: 5 }] },
  ];

  it('that is no PromQL, or more of it than is known here, is refused', () => {
    for (const wrong of [
      'sum by (x (a)',
      'rate(a[5m])',
      'a offset 5m > 0',
      'a > on (x) b',
      'a{x=~"1"}',
      'sum without (x) (a)',
      'count by (x) (a)',
      '1',
    ])
      expect(() => evaluate(wrong, history, 60)).toThrow();
  });

  it('is worked out from the scrapes before it', () => {
    expect(evaluate('a > 4', history, 59)).toEqual([]);
    expect(evaluate('a > 4', history, 60)).toEqual([{ labels: { x: '1' }, value: 5 }]);
    expect(evaluate('increase(a[1m])', [...history, { at: 120, samples: [{ name: 'a', labels: {}, value: 1 }] }], 120)).toEqual([]);
    expect(evaluate('a > 4', history, 361)).toEqual([]);
  });
});
