import type { ProblemCode } from './problem-types.js';

export type JsonSchema = Readonly<Record<string, unknown>>;

export interface AnswerDocs {
  readonly description: string;
  readonly schema?: JsonSchema;
  /** Other forms it can be asked for in, by media type: what one of its lines is. */
  readonly alsoAs?: Readonly<Record<string, JsonSchema>>;
}

/** What the documentation says about one endpoint; the request itself is read off the DTO classes. */
export interface EndpointDocs {
  readonly summary: string;
  readonly description?: string;
  /** By status. The schema is JSON Schema 2020-12, as OpenAPI 3.1 has it. */
  readonly answers: Readonly<Record<number, AnswerDocs>>;
  readonly problems?: readonly ProblemCode[];
  /** `required` where money moves. */
  readonly idempotencyKey?: 'required' | 'optional';
  readonly preferWait?: boolean;
}

const documented = Symbol('endpoint documentation');

/** Kept aside until somebody opens the documentation; the library that renders it is not loaded before. */
export function Documented(docs: EndpointDocs): MethodDecorator {
  return (_target, _name, descriptor) => {
    Reflect.defineMetadata(documented, docs, descriptor.value as object);
  };
}

export function docsOf(callback: object): EndpointDocs | undefined {
  return Reflect.getMetadata(documented, callback) as EndpointDocs | undefined;
}

export const moneySchema: JsonSchema = {
  type: 'object',
  properties: {
    amount: {
      type: 'integer',
      format: 'int64',
      minimum: 1,
      maximum: Number.MAX_SAFE_INTEGER,
      description: 'Minor units: 12345 OMR is 12.345 OMR',
    },
    currency: { type: 'string', pattern: '^[A-Z]{3}$', description: 'ISO 4217' },
  },
  required: ['amount', 'currency'],
};

export const pageSchema = (item: JsonSchema): JsonSchema => ({
  type: 'object',
  properties: { data: { type: 'array', items: item }, has_more: { type: 'boolean' }, next_cursor: { type: ['string', 'null'] } },
  required: ['data', 'has_more', 'next_cursor'],
});
