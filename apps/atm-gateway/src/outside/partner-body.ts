import type { PipeTransform } from '@nestjs/common';
import { field } from '@falconpay/http/body-fields';
import { Problem } from '@falconpay/http/problem';
import type { ProblemCode } from '@falconpay/http/problem-types';

const pattern = /^[A-Za-z0-9_-]{1,64}$/;
const message = 'must be 1 to 64 letters, digits, - or _';

export const IsPartnerId = field({
  name: 'isPartnerId',
  message,
  schema: { type: 'string', pattern: pattern.source },
  test: (value) => typeof value === 'string' && pattern.test(value),
});

/** `@Param('id', new PartnerId('atm-not-found'))` */
export class PartnerId implements PipeTransform<string, string> {
  constructor(private readonly notFound: ProblemCode) {}

  transform(id: string): string {
    if (typeof id === 'string' && pattern.test(id)) return id;
    throw new Problem(this.notFound, `An id ${message}.`);
  }
}

/** Where a partner's protocol begins. */
export const IsPartnerUrl = field({
  name: 'isPartnerUrl',
  message: 'must be an http or https address of at most 500 characters, without credentials, query and fragment',
  schema: { type: 'string', format: 'uri', maxLength: 500 },
  test: isPartnerUrl,
});

function isPartnerUrl(value: unknown): boolean {
  if (typeof value !== 'string' || value.length > 500 || !URL.canParse(value)) return false;
  const { protocol, username, password, search, hash } = new URL(value);
  return /^https?:$/.test(protocol) && [username, password, search, hash].every((part) => part === '');
}

/** All there is to know of a bank or an institution. */
export class PartnerAddress {
  @IsPartnerUrl()
  url!: string;
}
