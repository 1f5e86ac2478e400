import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type * as SwaggerLibrary from '@nestjs/swagger';
import { ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum.js';
import { FIELD_SCHEMAS } from './body-fields.js';
import type { ControllerRoute } from './direct-routes.js';
import { docsOf, type JsonSchema } from './endpoint-docs.js';
import { PROBLEM_TYPES, type ProblemCode } from './problem-types.js';
import { rulesOf, type DtoClass, type PropertyRules } from './validation-rules.js';

type Swagger = typeof SwaggerLibrary;

export interface DocumentedService {
  readonly name: string;
  readonly version: string;
  readonly description?: string;
}

/** OpenAPI 3.1 of the controllers. What a DTO's rules say becomes its schema, so it is written down once. */
export async function openApiDocument(
  app: NestFastifyApplication,
  routes: readonly ControllerRoute[],
  service: DocumentedService,
): Promise<object> {
  const swagger = await import('@nestjs/swagger');
  const described = new Set<string>();
  for (const route of routes) {
    const key = `${route.controller.name}.${route.methodName}`;
    if (!described.has(key)) describeRoute(swagger, route);
    described.add(key);
  }
  const configuration = new swagger.DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle(`FalconPay ${service.name}`)
    .setDescription(service.description ?? '')
    .setVersion(service.version)
    .setLicense('Apache-2.0', 'https://www.apache.org/licenses/LICENSE-2.0')
    .build();
  const document = swagger.SwaggerModule.createDocument(app, configuration);
  for (const path of Object.values(document.paths)) Object.values(path as Record<string, Operation>).forEach(keepDescribedHeaders);
  return {
    ...document,
    paths: { ...document.paths, ...operationalPaths },
    components: { ...document.components, schemas: { ...document.components?.schemas, Problem: problemSchema } },
  };
}

interface Operation {
  parameters?: { name: string; in: string; description?: string }[];
}

/** A header read by `@Headers('idempotency-key')` and described by `@Documented` is one parameter, not two. */
function keepDescribedHeaders(operation: Operation): void {
  const described = new Set(
    operation.parameters?.filter((parameter) => parameter.in === 'header' && parameter.description).map(({ name }) => name.toLowerCase()),
  );
  if (operation.parameters) {
    operation.parameters = operation.parameters.filter(
      (parameter) => parameter.in !== 'header' || parameter.description !== undefined || !described.has(parameter.name.toLowerCase()),
    );
  }
}

function describeRoute(swagger: Swagger, { controller, methodName }: ControllerRoute): void {
  const prototype = controller.prototype as Record<string, object>;
  const descriptor = Object.getOwnPropertyDescriptor(prototype, methodName);
  if (!descriptor) return;
  describeArguments(swagger, controller, methodName);
  const docs = docsOf(descriptor.value as object);
  if (!docs) return;
  const decorate = (decorator: MethodDecorator) => decorator(prototype, methodName, descriptor);
  decorate(swagger.ApiOperation({ summary: docs.summary, ...(docs.description !== undefined && { description: docs.description }) }));
  for (const [status, { description, schema, alsoAs = {} }] of Object.entries(docs.answers)) {
    const forms = Object.entries({ ...(schema && { 'application/json': schema }), ...alsoAs });
    decorate(
      swagger.ApiResponse({
        status: Number.parseInt(status, 10),
        description,
        ...(forms.length > 0 && { content: Object.fromEntries(forms.map(([type, form]) => [type, { schema: form as object }])) }),
      }),
    );
  }
  for (const [status, codes] of byStatus(docs.problems ?? [])) {
    decorate(
      swagger.ApiResponse({
        status,
        description: codes.join(', '),
        content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
      }),
    );
  }
  if (docs.idempotencyKey) {
    decorate(
      swagger.ApiHeader({
        name: 'Idempotency-Key',
        required: docs.idempotencyKey === 'required',
        description: 'A new value for every new operation, the same one for a repetition. Kept for 7 days.',
        schema: { type: 'string', maxLength: 255 },
      }),
    );
  }
  if (docs.preferWait)
    decorate(
      swagger.ApiHeader({
        name: 'Prefer',
        required: false,
        description: 'wait=S waits up to S ≤ 10 seconds for the final state',
        schema: { type: 'string', pattern: '^wait=\\d{1,2}$' },
      }),
    );
}

function byStatus(codes: readonly ProblemCode[]): Map<number, ProblemCode[]> {
  const grouped = new Map<number, ProblemCode[]>();
  for (const code of [...codes, 'validation-failed', 'internal-error', 'service-unavailable'] as const) {
    const { status } = PROBLEM_TYPES[code];
    grouped.set(status, [...(grouped.get(status) ?? []), code]);
  }
  return grouped;
}

function describeArguments(swagger: Swagger, controller: ControllerRoute['controller'], methodName: string): void {
  const declared = (Reflect.getMetadata(ROUTE_ARGS_METADATA, controller, methodName) ?? {}) as Record<string, { index: number }>;
  const types = (Reflect.getMetadata('design:paramtypes', controller.prototype as object, methodName) ?? []) as DtoClass[];
  for (const [key, { index }] of Object.entries(declared)) {
    const kind = Number.parseInt(key, 10) as RouteParamtypes;
    const dtoClass = types[index];
    if (dtoClass && (kind === RouteParamtypes.BODY || kind === RouteParamtypes.QUERY)) describeDto(swagger, dtoClass, new Set());
  }
}

function describeDto(swagger: Swagger, dtoClass: DtoClass, seen: Set<DtoClass>): void {
  if (seen.has(dtoClass)) return;
  seen.add(dtoClass);
  for (const property of rulesOf(dtoClass).properties) {
    const nested = property.nested?.rules().dtoClass;
    if (nested) describeDto(swagger, nested, seen);
    const isRequired = property.conditions.length === 0;
    const schema = schemaOf(property);
    const options = nested ? { ...schema, type: () => nested, isArray: property.nested?.each === true } : schema;
    swagger.ApiProperty({ required: isRequired, ...(options as object) })(dtoClass.prototype as object, property.name);
  }
}

/** A property's rules as JSON Schema. A constraint without a known schema says nothing. */
function schemaOf(property: PropertyRules): JsonSchema {
  const schemas = property.checks.map((check) => {
    const [first] = check.arguments;
    const known: Record<string, JsonSchema> = {
      isString: { type: 'string' },
      isInt: { type: 'integer' },
      isBoolean: { type: 'boolean' },
      isArray: { type: 'array' },
      isIn: { enum: first },
      isEnum: { enum: typeof first === 'object' && first !== null ? Object.values(first) : undefined },
      min: { minimum: first },
      max: { maximum: first },
      minLength: { minLength: first },
      maxLength: { maxLength: first },
      matches: { pattern: first instanceof RegExp ? first.source : undefined },
      arrayMinSize: { minItems: first },
      arrayMaxSize: { maxItems: first },
    };
    return FIELD_SCHEMAS.get(check.name) ?? known[check.name] ?? {};
  });
  const merged = Object.assign({}, ...schemas) as JsonSchema;
  return Object.keys(merged).length > 0 || property.nested ? merged : { type: 'object' };
}

const problemSchema = {
  type: 'object',
  description: 'RFC 9457',
  properties: {
    type: { type: 'string', format: 'uri' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
    instance: { type: 'string' },
    code: { type: 'string', enum: Object.keys(PROBLEM_TYPES) },
    retryable: { type: 'boolean' },
    request_id: { type: 'string' },
    trace_id: { type: 'string' },
    errors: {
      type: 'array',
      items: { type: 'object', properties: { pointer: { type: 'string' }, detail: { type: 'string' } }, required: ['pointer', 'detail'] },
    },
  },
  required: ['type', 'title', 'status', 'detail', 'code', 'retryable'],
};

const operational = (summary: string, statuses: readonly number[] = [200]) => ({
  get: {
    summary,
    tags: ['operations'],
    responses: Object.fromEntries(statuses.map((status) => [status, { description: status === 200 ? 'OK' : 'Not now' }])),
  },
});

const operationalPaths = {
  '/health/live': operational('Whether the process is alive'),
  '/health/ready': operational('Whether it takes requests', [200, 503]),
  '/metrics': operational('Prometheus metrics'),
};
