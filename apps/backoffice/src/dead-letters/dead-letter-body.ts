import { IsOptional } from 'class-validator';
import { field, IsInstant } from '@falconpay/http/body-fields';
import { isStorable } from '@falconpay/http/storable';
import { deadLetterLifecycle, type DeadLetterState } from './dead-letter.lifecycle.js';

const wordMax = 200;

export const IsWord = field({
  name: 'isWord',
  message: `must be a text of 1 to ${wordMax} characters`,
  schema: { type: 'string', minLength: 1, maxLength: wordMax },
  test: (value) => typeof value === 'string' && value.length > 0 && value.length <= wordMax && isStorable(value),
});

export const IsFingerprint = field({
  name: 'isFingerprint',
  message: 'must be a fingerprint: 16 hexadecimal digits',
  schema: { type: 'string', pattern: '^[0-9a-f]{16}$' },
  test: (value) => typeof value === 'string' && /^[0-9a-f]{16}$/.test(value),
});

const IsUuid = field({
  name: 'isUuid',
  message: 'must be a UUID',
  schema: { type: 'string', format: 'uuid' },
  test: (value) => typeof value === 'string' && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(value),
});

const IsLetterStatus = field({
  name: 'isLetterStatus',
  message: `must be one of ${deadLetterLifecycle.states.join(', ')}`,
  schema: { enum: [...deadLetterLifecycle.states] },
  test: (value) => deadLetterLifecycle.states.includes(value as DeadLetterState),
});

/** What dead letters are found by: in lists, and in what a replay takes. */
const filterFields = {
  status: IsLetterStatus,
  topic: IsWord,
  group: IsWord,
  fingerprint: IsFingerprint,
  error_class: IsWord,
  saga_id: IsWord,
  event_id: IsUuid,
  since: IsInstant,
  until: IsInstant,
  q: IsWord,
} as const;

export type Filters = { readonly [Name in keyof typeof filterFields]?: string };

/** Gives a DTO class the filters as members that may be left out. */
export function WithFilters(): ClassDecorator {
  return (target) => {
    for (const [name, decorate] of Object.entries(filterFields)) {
      IsOptional()(target.prototype as object, name);
      decorate()(target.prototype as object, name);
    }
  };
}
