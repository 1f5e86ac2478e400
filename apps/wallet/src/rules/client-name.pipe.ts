import type { PipeTransform } from '@nestjs/common';
import { Problem } from '@falconpay/http/problem';

/** `@Param('client', new ClientName())`: what no client can be called is a 404 before any query. */
export class ClientName implements PipeTransform<string, string> {
  transform(name: string): string {
    if (typeof name === 'string' && /^[A-Za-z0-9._-]{1,128}$/.test(name)) return name;
    throw new Problem('not-found', 'No client has this name.');
  }
}
