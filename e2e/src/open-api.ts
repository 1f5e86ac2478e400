import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import type { HttpReply } from '@falconpay/testing/service-client';

interface Operation {
  readonly summary?: string;
  readonly parameters?: { readonly name: string; readonly in: string; readonly required?: boolean }[];
  readonly requestBody?: { readonly content: Record<string, { readonly schema: object }> };
  readonly responses: Record<string, { readonly description: string; readonly content?: Record<string, { readonly schema: object }> }>;
}
export interface OpenApi {
  readonly openapi: string;
  readonly info: { readonly title: string; readonly version: string };
  readonly paths: Record<string, Record<string, Operation>>;
  readonly components: { readonly schemas: Record<string, object> };
}

/** Whether the reply is one that the document describes, by status, content type and schema. */
export function expectDocumented(document: OpenApi, route: string, reply: HttpReply): void {
  const [method = '', path = ''] = route.split(' ');
  const described = document.paths[path]?.[method.toLowerCase()]?.responses[String(reply.status)];
  const type = String(reply.headers['content-type']).split(';', 1)[0] ?? '';
  const schema = described?.content?.[type]?.schema;
  expect({ route, status: reply.status, type, described: schema !== undefined }).toMatchObject({ described: true });
  const ajv = addFormats.default(new Ajv({ strict: false, allErrors: true }));
  const validate = ajv.compile({ ...schema, components: document.components });
  expect(validate(reply.body) || validate.errors).toBe(true);
}
