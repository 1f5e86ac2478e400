import type { PipeTransform } from '@nestjs/common';
import { Problem } from './problem.js';
import type { ProblemCode } from './problem-types.js';

/** `pay_` and 26 characters of Crockford's base 32. */
export function isResourceId(prefix: string, id: unknown): id is string {
  return (
    typeof id === 'string' &&
    id.length === prefix.length + 27 &&
    id.startsWith(`${prefix}_`) &&
    /^[0-9a-hjkmnp-tv-z]{26}$/i.test(id.slice(prefix.length + 1))
  );
}

/** `@Param('id', new ResourceId('pay', 'transfer-not-found'))`: what cannot be an id is a 404 before any query. */
export class ResourceId implements PipeTransform<string, string> {
  constructor(
    private readonly prefix: string,
    private readonly notFound: ProblemCode = 'not-found',
  ) {}

  transform(id: string): string {
    if (isResourceId(this.prefix, id)) return id;
    throw new Problem(this.notFound, `There is nothing with the id ${JSON.stringify(String(id).slice(0, 64))}.`);
  }
}

/** `@Param('account', new AccountReference())`: an account's id or number. */
export class AccountReference implements PipeTransform<string, string> {
  transform(reference: string): string {
    if (typeof reference === 'string' && /^[A-Za-z0-9_-]{1,64}$/.test(reference)) return reference;
    throw new Problem('account-not-found', 'No account has this id or number.');
  }
}
