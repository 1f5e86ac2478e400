import { load } from 'js-yaml';
import { evaluate, keyOf, secondsOf, type History, type Labels } from './promql.js';

export interface AlertRule {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels: Labels;
  readonly annotations: Labels;
}

export const alertFolder = 'infra/alerts';

/** The rules of a file in Prometheus’ own form. */
export const rulesIn = (yaml: string): AlertRule[] =>
  (load(yaml) as { groups: { rules: AlertRule[] }[] }).groups.flatMap(({ rules }) => rules);

/** The labels of each alert of a rule that fires at an instant: true at every look for as long as `for` says. */
export function firing(rule: AlertRule, history: History, at: number, everySeconds: number): Labels[] {
  const pendingSince = new Map<string, number>();
  const waitSeconds = rule.for === undefined ? 0 : secondsOf(rule.for);
  let fires: Labels[] = [];
  for (let look = history[0]?.at ?? at; look <= at; look += everySeconds) {
    const found = evaluate(rule.expr, history, look);
    const keys = new Set(found.map(({ labels }) => keyOf(labels)));
    for (const key of pendingSince.keys()) if (!keys.has(key)) pendingSince.delete(key);
    for (const key of keys) if (!pendingSince.has(key)) pendingSince.set(key, look);
    fires = found
      .filter(({ labels }) => look - (pendingSince.get(keyOf(labels)) ?? look) >= waitSeconds)
      .map(({ labels }) => ({ ...labels, ...rule.labels }));
  }
  return fires;
}
