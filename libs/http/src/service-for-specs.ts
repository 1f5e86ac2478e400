import type { Type } from '@nestjs/common';
import { IsOptional } from 'class-validator';
import { createLogger } from '@falconpay/telemetry/logger';
import { Metrics } from '@falconpay/telemetry/metrics';
import { IsAccountReference, IsMoney, IsReference, MoneyDto } from './body-fields.js';
import { PageQuery } from './cursor.js';
import { createHttpService, type HttpService, type HttpServiceOptions } from './http-service.js';
import { PROBLEM_TYPES } from './problem-types.js';

/** A body and a query as our services take them. */
export class TransferDto {
  @IsAccountReference()
  from!: string;

  @IsMoney()
  amount!: MoneyDto;

  @IsOptional()
  @IsReference()
  reference?: string;
}

export const transfer = { from: '1001', amount: { amount: 5, currency: 'OMR' } };

export class ListQuery extends PageQuery {
  @IsOptional()
  @IsAccountReference()
  account?: string;
}

export interface ServiceForSpecs {
  readonly service: HttpService;
  readonly url: string;
  /** What it has logged. */
  readonly lines: readonly string[];
}

export async function startService(module: Type, options: Partial<HttpServiceOptions> = {}): Promise<ServiceForSpecs> {
  const lines: string[] = [];
  const service = await createHttpService(module, {
    name: 'payment',
    version: '1',
    logger: createLogger({ service: 'payment', level: 'debug', destination: { write: (line) => void lines.push(line) } }),
    metrics: new Metrics({ service: 'payment', version: '1' }),
    ...options,
  });
  return { service, url: await service.listen(0), lines };
}

export interface ProblemSeen {
  readonly code: keyof typeof PROBLEM_TYPES;
  readonly errors?: readonly { readonly pointer: string; readonly detail: string }[];
  readonly [member: string]: unknown;
}

/** The problem in a response, which has everything that a problem must have. */
export async function problemIn(response: Response): Promise<ProblemSeen> {
  expect(response.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
  const problem = (await response.json()) as ProblemSeen;
  expect(problem).toMatchObject({
    type: `https://falconpay.dev/problems/${problem.code}`,
    status: response.status,
    title: PROBLEM_TYPES[problem.code].title,
    retryable: PROBLEM_TYPES[problem.code].retryable,
  });
  expect(problem['request_id']).toBe(response.headers.get('x-request-id'));
  expect(problem['trace_id']).toMatch(/^[0-9a-f]{32}$/);
  expect(response.headers.get('cache-control')).toBe('no-store');
  expect(response.headers.get('x-content-type-options')).toBe('nosniff');
  return problem;
}
