/**
 * What may be in a log line. Everything else is replaced by its name and nothing more, so a field somebody adds tomorrow is hidden
 * until somebody decides otherwise here.
 */
const ALLOWED_FIELDS: ReadonlySet<string> = new Set(
  (
    'service version pid hostname request_id trace_id span_id parent_span_id saga_id event_id event_type payment_id transfer_id refund_id account_id entry_id ' +
    'withdrawal_id payout_id redemption_id aggregate_id correlation_id causation_id batch_id client_id idempotency_result ' +
    'method route status code duration_ms size count batch attempt attempts retries retry_after_ms state from_state to_state outcome result reason ' +
    'topic topics group partition partitions offset lag_records epoch leader shard consumer pipeline use_case invariant sqlstate constraint table ' +
    'err type message stack cause name signal port host url broker brokers path phase step hook check checks ready since elapsed_ms deadline currency ' +
    'started_at finished_at published_at migrations setting level dropped pending oldest_seconds block hash break_id partner date'
  ).split(' '),
);

const DEEPEST = 4;
const LONGEST_LIST = 50;

/** The object with only what is allowed in it. */
export function redact(fields: Record<string, unknown>): Record<string, unknown> {
  return redactObject(fields, 0);
}

function redactObject(fields: object, depth: number): Record<string, unknown> {
  const clean: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(fields)) {
    if (!ALLOWED_FIELDS.has(name)) clean[scrubText(name)] = '[hidden]';
    else clean[name] = redactValue(value, depth + 1);
  }
  return clean;
}

function redactValue(value: unknown, depth: number): unknown {
  if (typeof value === 'bigint') return value.toString();
  if (value instanceof Error) return describeError(value, depth);
  if (value === null || typeof value !== 'object') return value;
  if (value instanceof Date) return value;
  if (depth > DEEPEST) return '[deeper]';
  if (Array.isArray(value)) return value.slice(0, LONGEST_LIST).map((item) => redactValue(item, depth + 1));
  return redactObject(value, depth);
}

/** An error's own words and place; a driver's extras (query, parameters, row contents) stay out. */
export function describeError(error: Error, depth = 0): Record<string, unknown> {
  const { code } = error as { code?: unknown };
  return {
    type: error.name,
    message: scrubText(error.message),
    ...(typeof code === 'string' && { code }),
    ...(error.stack !== undefined && { stack: scrubText(error.stack) }),
    ...(error.cause instanceof Error && depth < DEEPEST && { cause: describeError(error.cause, depth + 1) }),
  };
}

const SECRET_IN_TEXT =
  /\b(pin|pin_?block|cvv2?|cvc2?|track_?[12]?|pan|card_?number|password|passwd|secret|token|api_?key|authorization|private_?key|iban)\b(["']?\s*[:=]\s*)("[^"]*"|'[^']*'|\([^)]*\)|(?:Bearer |Basic )?[^\s,;}&]+)/gi;
const POSTGRES_KEY_IN_TEXT = /Key \([^)]*\)=\([^)]*\)/g;
const CREDENTIALS_IN_URL = /(\b[a-z][a-z0-9+.-]*:\/\/)[^\s/:@]*:[^\s/@]*@/gi;
const UUID_OR_HASH = /\b(?:[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|[0-9a-f]{32,})\b/u;
const DIGIT_GROUPS = /\d+(?:[\p{Zs}\p{Pd}.]\d+)*/u;
const MAY_HAVE_CARD = new RegExp(`${UUID_OR_HASH.source}|${DIGIT_GROUPS.source}`, 'gu');

/** Free text without card numbers, `pin=1234` and the like. The last net: what must not be logged should not be put into text. */
export function scrubText(text: string): string {
  return text
    .replace(CREDENTIALS_IN_URL, '$1[hidden]@')
    .replace(POSTGRES_KEY_IN_TEXT, 'Key [hidden]')
    .replace(SECRET_IN_TEXT, '$1$2[hidden]')
    .replace(MAY_HAVE_CARD, (found) => (UUID_OR_HASH.test(found) ? found : withoutCards(found)));
}

/** Digits as they stand on a card: four and more in a group, but for the last. What stands before or behind may be anything. */
function withoutCards(run: string): string {
  const groups = [...run.matchAll(/\d+/g)];
  const total = groups.reduce((sum, [digits]) => sum + digits.length, 0);
  if (total < 13) return run;
  for (let first = 0; first < groups.length; first += 1) {
    let number = '';
    for (let last = first; last < groups.length && number.length < 19; last += 1) {
      const group = groups[last] as RegExpExecArray;
      number += group[0];
      if (number.length >= 13 && number.length <= 19 && isCardNumber(number)) {
        const end = group.index + group[0].length;
        return `${run.slice(0, groups[first]?.index)}[hidden]${withoutCards(run.slice(end))}`;
      }
      if (group[0].length < 4 || group[0].length > 7) break;
    }
  }
  return run;
}

function isCardNumber(digits: string): boolean {
  let sum = 0;
  for (let fromRight = 0; fromRight < digits.length; fromRight += 1) {
    const digit = digits.charCodeAt(digits.length - 1 - fromRight) - 48;
    const doubled = fromRight % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}
