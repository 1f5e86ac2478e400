import { Injectable, ValidationPipe, type ArgumentMetadata } from '@nestjs/common';
import { collect, requireBody, requireQuery, validationProblem, VALIDATION } from './validate-body.js';
import type { FieldError } from './problem.js';
import type { DtoClass } from './validation-rules.js';

/** Nest's ValidationPipe, as strict as the direct routes, for routes that take Nest's own way. */
@Injectable()
export class StrictValidationPipe extends ValidationPipe {
  constructor() {
    super({
      ...VALIDATION,
      transform: true,
      transformOptions: { enableImplicitConversion: false },
      exceptionFactory: (tree) => {
        const errors: FieldError[] = [];
        collect(tree, '', errors);
        return validationProblem(errors, 'The request is not valid');
      },
    });
  }

  override async transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    const { type, metatype, data } = metadata;
    if (metatype && this.toValidate(metadata) && data === undefined) {
      if (type === 'body') return requireBody(metatype as DtoClass, value);
      if (type === 'query') return requireQuery(metatype as DtoClass, value);
    }
    return super.transform(value, metadata);
  }
}
