import { styleText } from 'node:util';
import { textTable } from '../text-table.js';
import type { Expected, TimelineEvent } from './wire.js';

/** And below it why something was refused or has failed. */
export const eventsTable = (events: readonly TimelineEvent[]): string =>
  [tableOf(events), ...events.flatMap(({ event, why }) => (why === null ? [] : [`${event}: ${why.code}: ${why.detail}`]))].join('\n');

const tableOf = (events: readonly TimelineEvent[]): string =>
  textTable(
    ['committed', 'event', 'service', 'published after', 'taken up after'],
    events.map(({ committed_at, event, service, publish_lag_ms, consume_lag_ms }) => [
      ...[committed_at, event, service, `${publish_lag_ms} ms`, consume_lag_ms === null ? '' : `${consume_lag_ms} ms`],
    ]),
  );

export const expectedLine = ({ service, does, one_of, due_at, overdue, consumer }: Expected): string => {
  const says = consumer
    ? `; to it the event is ${consumer.state}${consumer.error === null ? '' : `, tries: ${consumer.tries}, ${consumer.error}`}`
    : '';
  return `${overdue ? styleText('red', 'OVERDUE') : 'expected'}: ${service} is to ${does} (${one_of.join(' or ')}) by ${due_at}${says}`;
};
