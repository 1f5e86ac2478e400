import { eventsTable } from './describe-timeline.js';
import type { WholeLetter } from './wire.js';

/** One dead letter for a person: why, what it says, and what else is known. */
export function describeLetter(letter: WholeLetter): string {
  const { error, value, headers } = letter;
  const about: [string, string][] = [
    ['status', `${letter.status}${letter.replays > 0 ? `, sent again ${letter.replays} times` : ''}`],
    ['of', `${letter.saga_id}, event ${letter.event_id} on ${letter.topic}`],
    ['failed at', `${letter.group}${letter.handler === null ? '' : `, ${letter.handler}`}: ${letter.failed_at}, tries: ${letter.attempts}`],
    ['error', `${error.class}: ${error.message}`],
    ['kind', `${letter.kind}, fingerprint ${letter.fingerprint}`],
    ...(letter.contract_fault === null ? [] : ([['contract', letter.contract_fault]] as [string, string][])),
    ...(letter.edited_as === null ? [] : ([['edited as', letter.edited_as]] as [string, string][])),
    ...letter.notes.map(({ at, who, note }): [string, string] => ['note', `${note} (${who}, ${at})`]),
    ...(letter.others.length === 0 ? [] : ([['others', letter.others.join(' ')]] as [string, string][])),
  ];
  return [
    letter.id,
    ...about.map(([name, text]) => `  ${name.padEnd(10)} ${text}`),
    ...(error.stack ? ['', ...error.stack.split('\n').map((line) => `  ${line}`)] : []),
    '',
    'Headers',
    ...headers.map(({ name, text, base64 }) => `  ${name}: ${text ?? (base64 === null ? '(no value)' : `base64 ${base64}`)}`),
    '',
    value === null ? 'No value' : `Value (${value.size} bytes)`,
    ...(value === null ? [] : [letter.data === null ? (value.text ?? `base64 ${value.base64}`) : JSON.stringify(letter.data, null, 2)]),
    ...(letter.events.length === 0 ? [] : ['', `What was published about ${letter.saga_id}`, eventsTable(letter.events)]),
  ].join('\n');
}
