import type { PipeTransform } from '@nestjs/common';
import { Problem } from '@falconpay/http/problem';
import type { ProblemCode } from '@falconpay/http/problem-types';
import { isStorable } from '@falconpay/http/storable';

/** The id of something another service owns: whatever it looks like, it is looked for as it is. */
export class AnyId implements PipeTransform<string, string> {
  constructor(private readonly notFound: ProblemCode) {}

  transform(id: string): string {
    if (id.length <= 200 && isStorable(id)) return id;
    throw new Problem(this.notFound, 'There is nothing with this id.');
  }
}
