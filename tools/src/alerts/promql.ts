import type { SyntaxNode } from '@lezer/common';
import { parser } from '@prometheus-io/lezer-promql';

export type Labels = Readonly<Record<string, string>>;

export interface Sample {
  readonly name: string;
  readonly labels: Labels;
  readonly value: number;
}

/** What was scraped, and when, in seconds; in order. */
export type History = readonly { readonly at: number; readonly samples: readonly Sample[] }[];

/** Values by what their labels are; the name of a series is none of them. */
export type Vector = readonly { readonly labels: Labels; readonly value: number }[];

/** As long a series is what it was at its last scrape (Prometheus’ default). */
const lookBackSeconds = 300;

/**
 * What an expression comes to at an instant: Prometheus’ own grammar, and of its language what our rules need, each exactly as there.
 * Whatever else comes up is refused, so that no rule is ever taken for something it is not.
 */
export function evaluate(expression: string, history: History, at: number): Vector {
  const value = valueOf(rootOf(expression), { expression, history, at });
  if (typeof value === 'number') throw new Error(`${expression} is a number: it has no series that could alert`);
  return value;
}

/** The series an expression names, with all labels that it asks of each. */
export function seriesIn(expression: string): { readonly name: string; readonly labels: readonly string[] }[] {
  const found: { name: string; labels: string[] }[] = [];
  const textOf = (node: SyntaxNode): string => expression.slice(node.from, node.to);
  rootOf(expression)
    .cursor()
    .iterate((each) => {
      if (each.name !== 'VectorSelector') return;
      const series = { name: textOf(childOf(each.node, 'Identifier')), labels: deep(each.node, 'LabelName').map(textOf) };
      for (let outer = each.node.parent; outer; outer = outer.parent)
        if (outer.name === 'AggregateExpr') series.labels.push(...groupingOf(outer).map(textOf));
      found.push(series);
    });
  return found;
}

interface Context {
  readonly expression: string;
  readonly history: History;
  readonly at: number;
}

type Evaluate = (node: SyntaxNode, context: Context) => Vector | number;

function rootOf(expression: string): SyntaxNode {
  const tree = parser.parse(expression);
  tree.iterate({
    enter: ({ type, from, to }) => {
      if (type.isError) throw new Error(`no PromQL: ${expression} (at "${expression.slice(from, to + 10)}")`);
    },
  });
  return tree.topNode;
}

const textIn = ({ from, to }: SyntaxNode, { expression }: Context): string => expression.slice(from, to);

const valueOf: Evaluate = (node, context) => {
  const evaluateNode = evaluators[node.name];
  if (!evaluateNode) throw new Error(`${node.name} is not evaluated here: ${textIn(node, context)}`);
  return evaluateNode(node, context);
};

const evaluators: Readonly<Record<string, Evaluate>> = {
  PromQL: (node, context) => valueOf(firstOf(node), context),
  ParenExpr: (node, context) => valueOf(firstOf(node), context),
  NumberDurationLiteral: (node, context) => Number.parseFloat(textIn(node, context)),
  VectorSelector: (node, context) =>
    seriesWithin(node, context, lookBackSeconds).map(({ labels, points }) => ({ labels, value: points.at(-1)?.value ?? Number.NaN })),
  AggregateExpr: aggregate,
  FunctionCall: call,
  BinaryExpr: binary,
};

function aggregate(node: SyntaxNode, context: Context): Vector {
  const combine = { sum: (values: number[]) => values.reduce((sum, each) => sum + each, 0), max: maxOf, min: minOf }[
    textIn(childOf(node, 'AggregateOp'), context)
  ];
  if (!combine) throw new Error(`${textIn(node, context)} is aggregated in a way that is not known here`);
  const by = groupingOf(node).map((label) => textIn(label, context));
  const groups = new Map<string, { labels: Labels; values: number[] }>();
  for (const { labels, value } of vectorOf(firstOf(childOf(node, 'FunctionCallBody')), context)) {
    const kept = Object.fromEntries(by.flatMap((label) => (labels[label] === undefined ? [] : [[label, labels[label]]]))) as Labels;
    const group = groups.get(keyOf(kept)) ?? { labels: kept, values: [] };
    groups.set(keyOf(kept), { ...group, values: [...group.values, value] });
  }
  return [...groups.values()].map(({ labels, values }) => ({ labels, value: combine(values) }));
}

const maxOf = (values: number[]): number => Math.max(...values);
const minOf = (values: number[]): number => Math.min(...values);

function call(node: SyntaxNode, context: Context): Vector | number {
  const name = textIn(childOf(node, 'FunctionIdentifier'), context);
  const argument = childOf(node, 'FunctionCallBody').firstChild;
  if (name === 'time' && !argument) return context.at;
  if (name === 'abs' && argument) return vectorOf(argument, context).map(({ labels, value }) => ({ labels, value: Math.abs(value) }));
  if (name === 'increase' && argument?.name === 'MatrixSelector') return increase(argument, context);
  throw new Error(`${name} is not evaluated here`);
}

/** As Prometheus works it out: resets added up, and extrapolated to the ends of the range unless they are too far away. */
function increase(node: SyntaxNode, context: Context): Vector {
  const seconds = secondsOf(textIn(childOf(node, 'DurationExpr'), context));
  return seriesWithin(childOf(node, 'VectorSelector'), context, seconds).flatMap(({ labels, points }) => {
    const [first] = points;
    const last = points.at(-1);
    if (!first || !last || points.length < 2) return [];
    let grown = last.value - first.value;
    points.forEach(({ value }, index) => (grown += value < (points[index - 1]?.value ?? 0) ? (points[index - 1]?.value ?? 0) : 0));
    const sampled = last.at - first.at;
    const between = sampled / (points.length - 1);
    const near = (gap: number): number => (gap < between * 1.1 ? gap : between / 2);
    const toZero = grown > 0 && first.value >= 0 ? sampled * (first.value / grown) : Number.POSITIVE_INFINITY;
    const before = Math.min(near(first.at - (context.at - seconds)), toZero);
    return [{ labels, value: grown * ((sampled + before + near(context.at - last.at)) / sampled) }];
  });
}

function binary(node: SyntaxNode, context: Context): Vector | number {
  const [left, operator, right] = [node.firstChild, node.firstChild?.nextSibling, node.lastChild];
  if (!left || !operator || !right || !operator.nextSibling || operator.nextSibling.from !== right.from)
    throw new Error(`${textIn(node, context)} has a modifier that is not known here`);
  const [one, other] = [valueOf(left, context), valueOf(right, context)];
  if (operator.name === 'And') {
    const there = new Set((other as Vector).map(({ labels }) => keyOf(labels)));
    return (one as Vector).filter(({ labels }) => there.has(keyOf(labels)));
  }
  const compare = comparisons[operator.name];
  const calculate = calculations[operator.name];
  if (compare) return pairs(one, other).flatMap(({ labels, left: a, right: b }) => (compare(a, b) ? [{ labels, value: a }] : []));
  if (!calculate) throw new Error(`${operator.name} is not evaluated here`);
  if (typeof one === 'number' && typeof other === 'number') return calculate(one, other);
  return pairs(one, other).map(({ labels, left: a, right: b }) => ({ labels, value: calculate(a, b) }));
}

const comparisons: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  Gtr: (a, b) => a > b,
  Gte: (a, b) => a >= b,
};
const calculations: Readonly<Record<string, (a: number, b: number) => number>> = {
  Add: (a, b) => a + b,
  Sub: (a, b) => a - b,
  Div: (a, b) => a / b,
};

/** Those with the same labels; a number goes with each. */
function pairs(one: Vector | number, other: Vector | number): { labels: Labels; left: number; right: number }[] {
  if (typeof other === 'number') return asVector(one).map(({ labels, value }) => ({ labels, left: value, right: other }));
  if (typeof one === 'number') return other.map(({ labels, value }) => ({ labels, left: one, right: value }));
  const there = new Map(other.map(({ labels, value }) => [keyOf(labels), value]));
  return one.flatMap(({ labels, value }) => {
    const right = there.get(keyOf(labels));
    return right === undefined ? [] : [{ labels, left: value, right }];
  });
}

interface Series {
  readonly labels: Labels;
  readonly points: { readonly at: number; readonly value: number }[];
}

/** What a selector finds, from so long ago on, the instant itself included. */
function seriesWithin(node: SyntaxNode, context: Context, seconds: number): Series[] {
  const name = textIn(childOf(node, 'Identifier'), context);
  const matchers = deep(node, 'UnquotedLabelMatcher').map((matcher) => {
    const [label, operator, text] = [childOf(matcher, 'LabelName'), childOf(matcher, 'MatchOp'), childOf(matcher, 'StringLiteral')];
    const isEqual = { '=': true, '!=': false }[textIn(operator, context)];
    if (isEqual === undefined) throw new Error(`${textIn(matcher, context)} is not evaluated here`);
    const wanted = textIn(text, context).slice(1, -1);
    return (labels: Labels): boolean => ((labels[textIn(label, context)] ?? '') === wanted) === isEqual;
  });
  const found = new Map<string, Series>();
  for (const { at, samples } of context.history) {
    if (at > context.at || at <= context.at - seconds) continue;
    for (const sample of samples) {
      if (sample.name !== name || !matchers.every((matches) => matches(sample.labels))) continue;
      const series = found.get(keyOf(sample.labels)) ?? { labels: sample.labels, points: [] };
      series.points.push({ at, value: sample.value });
      found.set(keyOf(sample.labels), series);
    }
  }
  return [...found.values()];
}

export function secondsOf(duration: string): number {
  const [, count, unit] = /^(\d+)([smhd])$/.exec(duration) ?? [];
  if (count === undefined) throw new Error(`${duration} is no duration`);
  return Number.parseInt(count, 10) * ({ s: 1, m: 60, h: 3_600, d: 86_400 }[unit ?? ''] ?? Number.NaN);
}

const asVector = (value: Vector | number): Vector => {
  if (typeof value === 'number') throw new Error('a number was found where series are needed');
  return value;
};
const vectorOf = (node: SyntaxNode, context: Context): Vector => asVector(valueOf(node, context));

export const keyOf = (labels: Labels): string => JSON.stringify(Object.entries(labels).sort(([one], [other]) => (one < other ? -1 : 1)));

function firstOf(node: SyntaxNode): SyntaxNode {
  if (!node.firstChild) throw new Error(`${node.name} has nothing in it`);
  return node.firstChild;
}

function childOf(node: SyntaxNode, name: string): SyntaxNode {
  const child = node.getChild(name);
  if (!child) throw new Error(`${node.name} has no ${name}`);
  return child;
}

const groupingOf = (node: SyntaxNode): SyntaxNode[] => {
  const modifier = childOf(node, 'AggregateModifier');
  if (!modifier.getChild('By')) throw new Error('only "by" is known here');
  return childOf(modifier, 'GroupingLabels').getChildren('LabelName');
};

function deep(node: SyntaxNode, name: string): SyntaxNode[] {
  const found: SyntaxNode[] = [];
  node.cursor().iterate((each) => {
    if (each.name === name) found.push(each.node);
  });
  return found;
}
