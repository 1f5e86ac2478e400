import { openingsOf, renderSequence } from './render-sequence.js';
import { renderFlow } from './render-flow.js';
import type { Saga, Step } from './saga.js';
import { topic } from './topic-for-specs.js';

const created = topic('order.created', 'shop');
const announced = topic('order.announced', 'shop');
const shipped = topic('order.shipped', 'stock');
const missing = topic('order.missing', 'stock');

const order: Step = { by: 'shop', on: 'http', does: 'place-order', emits: [created, announced] };
const ship: Step = { by: 'stock', on: created, does: 'ship-order', emits: [shipped, missing], pivot: true };
const count: Step = { by: 'stock', on: announced, does: 'count-order', emits: [shipped, missing] };
const close: Step = { by: 'shop', on: shipped, does: 'close-order', emits: [] };
const refuse: Step = { by: 'shop', on: missing, does: 'refuse-order', emits: [] };

const saga: Saga = {
  name: 'order',
  about: 'Goods leave.',
  steps: [order, ship, count, close, refuse],
  ends: ['close-order', 'refuse-order'],
};

describe('renderSequence', () => {
  it('draws topics that lead to different ends as alternatives, each with its ending', () => {
    const single: Saga = { ...saga, steps: [{ ...order, emits: [created] }, ship, close, refuse] };
    expect(renderSequence(single, single.steps[0]!)).toBe(
      [
        'sequenceDiagram',
        '  actor http as Client',
        '  participant shop',
        '  participant stock',
        '  http->>shop: place-order',
        '  shop-)stock: order.created',
        '  Note over stock: ship-order (pivot)',
        '  alt order.shipped',
        '    stock-)shop: order.shipped',
        '    Note over shop: close-order (end)',
        '  else order.missing',
        '    stock-)shop: order.missing',
        '    Note over shop: refuse-order (end)',
        '  end',
        '',
      ].join('\n'),
    );
  });

  it('draws topics that lead to the same ends one after the other: both are published', () => {
    const drawn = renderSequence(saga, order);
    expect(drawn).toContain('  shop-)stock: order.created\n');
    expect(drawn).toContain('  shop-)stock: order.announced\n');
    expect(drawn).not.toContain('alt order.created');
  });

  it('comes to an end when events lead back to a step already drawn', () => {
    const again: Step = { by: 'stock', on: missing, does: 'look-again', emits: [missing] };
    expect(renderSequence({ ...saga, steps: [...saga.steps, again] }, order)).toContain('look-again, as above');
  });

  it('has a participant of its own for what wakes the saga, and names that mermaid can read', () => {
    const timed: Saga = { ...saga, steps: [{ by: 'atm-gateway', on: 'timer', does: 'look-around', emits: [] }] };
    const drawn = renderSequence(timed, timed.steps[0]!);
    expect(drawn).toContain('participant timer as Timer');
    expect(drawn).toContain('participant atm_gateway as atm-gateway');
    expect(drawn).toContain('timer->>atm_gateway: look-around');
  });

  it('refuses to begin at a step that an event leads to', () => {
    expect(() => renderSequence(saga, ship)).toThrow('stock / ship-order opens nothing: an event leads to it');
    expect(openingsOf(saga)).toEqual([order]);
  });
});

describe('renderFlow', () => {
  it('has one arrow per publisher, topic and hearer', () => {
    expect(renderFlow([saga], [created, announced, shipped, missing])).toBe(
      [
        'flowchart LR',
        '  shop[shop]',
        '  stock[stock]',
        '  shop -->|order.created| stock',
        '  shop -->|order.announced| stock',
        '  stock -->|order.shipped| shop',
        '  stock -->|order.missing| shop',
        '',
      ].join('\n'),
    );
  });
});
