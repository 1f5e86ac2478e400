import 'reflect-metadata';
import {
  Body,
  Controller,
  Get,
  Headers,
  HttpCode,
  Injectable,
  Module,
  Param,
  Post,
  Query,
  Req,
  UseGuards,
  type CanActivate,
} from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ArrayMaxSize, IsArray } from 'class-validator';
import { gzipSync } from 'node:zlib';
import { accepted, replayed } from './answer.js';
import { BULK_BODY_LIMIT } from './fastify-server.js';
import { Problem } from './problem.js';
import { PROBLEM_TYPES } from './problem-types.js';
import { traceOf, type HttpRequest } from './request-identity.js';
import { ResourceId } from './resource-id.js';
import { ListQuery, problemIn, startService, transfer, TransferDto, type ServiceForSpecs } from './service-for-specs.js';

class BulkDto {
  @IsArray()
  @ArrayMaxSize(1000)
  transfers!: unknown[];
}

@Injectable()
class Nobody implements CanActivate {
  canActivate(): boolean {
    return false;
  }
}

@Controller('v1/transfers')
class TransfersController {
  @Post()
  @HttpCode(202)
  create(@Body() body: TransferDto, @Headers('idempotency-key') key?: string) {
    if (key === 'replay') return replayed(422, '{"code":"insufficient-funds"}');
    return accepted('/v1/transfers/pay_1', { isInstance: body instanceof TransferDto, key });
  }

  @Post('bulk')
  @RouteConfig({ bodyLimit: BULK_BODY_LIMIT })
  bulk(@Body() body: BulkDto) {
    return { count: body.transfers.length };
  }

  @Get()
  list(@Query() query: ListQuery) {
    return { ...query };
  }

  @Get('guarded')
  @UseGuards(Nobody)
  guarded() {
    return {};
  }

  @Get('failing/:how')
  async failing(@Param('how') how: string) {
    if (how === 'refused') throw new Problem('insufficient-funds', 'Too little.', { extensions: { existing_id: 'x' } });
    if (how === 'busy') throw new Problem('service-unavailable', 'Full.', { retryAfterSeconds: 2 });
    await Promise.resolve();
    throw Object.assign(new Error('relation "accounts" at /srv/app/secret.ts select * from accounts'), {
      statusCode: how === 'framework' ? 502 : undefined,
    });
  }

  @Get(':id')
  one(@Param('id', new ResourceId('pay', 'transfer-not-found')) id: string, @Req() request: HttpRequest) {
    return { id, trace: traceOf(request) };
  }
}

@Module({ controllers: [TransfersController] })
class TransfersModule {}

let started: ServiceForSpecs;
let url: string;
beforeAll(async () => {
  started = await startService(TransfersModule);
  ({ url } = started);
});
afterAll(() => started.service.stop());

const json = { 'content-type': 'application/json' };
const post = (body: string | Buffer<ArrayBuffer>, headers: Record<string, string> = json, path = '/v1/transfers') =>
  fetch(url + path, { method: 'POST', body, headers });
const withAmount = (amount: string) => `{"from":"1001","amount":{"amount":${amount},"currency":"OMR"}}`;

describe('a body', () => {
  test('that is valid reaches the controller as an instance', async () => {
    const response = await post(JSON.stringify(transfer), { ...json, 'idempotency-key': 'k' });
    expect([response.status, response.headers.get('location'), await response.json()]).toEqual([
      202,
      '/v1/transfers/pay_1',
      { isInstance: true, key: 'k' },
    ]);
  });

  test.each([
    ['an unknown member', JSON.stringify({ ...transfer, status: 'COMPLETED' }), '/status'],
    ['an unknown nested member', JSON.stringify({ ...transfer, amount: { ...transfer.amount, balance: 1 } }), '/amount/balance'],
    ['a wrong type', withAmount('"5"'), '/amount/amount'],
    ['a float', withAmount('10.5'), '/amount/amount'],
    ['2^53', withAmount('9007199254740992'), '/amount/amount'],
    ['a number that reading rounds', withAmount('9007199254740993'), '/amount/amount'],
    ['zero', withAmount('0'), '/amount/amount'],
    ['a negative amount', withAmount('-1'), '/amount/amount'],
    ['an unknown currency', JSON.stringify({ ...transfer, amount: { amount: 5, currency: 'XYZ' } }), '/amount/currency'],
    ['a list', '[]', ''],
    ['null for the amount', JSON.stringify({ ...transfer, amount: null }), '/amount'],
  ])('with %s is a 400 that names the place', async (_what, body, pointer) => {
    const response = await post(body);
    expect(response.status).toBe(400);
    const problem = await problemIn(response);
    expect(problem.code).toBe('validation-failed');
    expect(problem.errors?.map((error) => error.pointer)).toContain(pointer);
  });

  test.each([
    ['broken JSON', '{"from":'],
    ['a duplicate key', '{"from":"1","from":"2","amount":{"amount":5,"currency":"OMR"}}'],
    ['50 levels', `${'['.repeat(50)}${']'.repeat(50)}`],
    ['__proto__', '{"__proto__":{"x":1},"from":"1"}'],
    ['constructor.prototype', '{"constructor":{"prototype":{"x":1}}}'],
    ['nothing', ''],
    ['1.0 for 1', withAmount('1.0')],
  ])('with %s is a 400', async (_what, body) => {
    const response = await post(body);
    expect([response.status, (await problemIn(response)).code]).toEqual([400, 'malformed-json']);
    expect(({} as Record<string, unknown>)['x']).toBeUndefined();
  });

  test('that is missing altogether is a 400', async () => {
    const response = await fetch(`${url}/v1/transfers`, { method: 'POST' });
    expect([response.status, (await problemIn(response)).code]).toEqual([400, 'malformed-json']);
  });

  test.each([
    ['text/plain', {}],
    ['application/x-www-form-urlencoded', {}],
    ['application/json; charset=utf-16', {}],
    ['application/json', { 'content-encoding': 'gzip' }],
  ])('as %s %p is a 415', async (type, headers) => {
    const response = await post(gzipSync(JSON.stringify(transfer)), { 'content-type': type, ...(headers as Record<string, string>) });
    expect([response.status, (await problemIn(response)).code]).toEqual([415, 'unsupported-media-type']);
  });

  test('of 65 kB is a 413, on the bulk route it is not, and of more than 1 MiB it is again', async () => {
    const large = await post(JSON.stringify({ ...transfer, reference: 'x'.repeat(65_000) }));
    expect([large.status, (await problemIn(large)).code]).toEqual([413, 'payload-too-large']);
    const bulk = JSON.stringify({ transfers: Array<unknown>(1000).fill({ ...transfer, reference: 'x'.repeat(100) }) });
    expect(await (await post(bulk, json, '/v1/transfers/bulk')).json()).toEqual({ count: 1000 });
    expect((await post(`[${' '.repeat(BULK_BODY_LIMIT)}]`, json, '/v1/transfers/bulk')).status).toBe(413);
  });
});

describe('the rest of a request', () => {
  test.each([
    ['?limit=1&limit=99', 'limit'],
    ['?limit=101', 'limit'],
    ['?limit=0', 'limit'],
    ['?limit=1.5', 'limit'],
    ['?limit=', 'limit'],
    ['?colour=red', 'colour'],
    ['?__proto__=1', '__proto__'],
    ['?account=a%20b', 'account'],
    ['/pay_01j9zq3v8k4m5n6p7q8r9s0t1v?x=1', 'x'],
  ])('%s is a 400 that names the parameter', async (query, pointer) => {
    const response = await fetch(`${url}/v1/transfers${query}`);
    expect(response.status).toBe(400);
    expect((await problemIn(response)).errors?.map((error) => error.pointer)).toEqual([pointer]);
  });

  test('parameters that are known arrive', async () => {
    expect(await (await fetch(`${url}/v1/transfers?limit=100&account=1001`)).json()).toEqual({ limit: '100', account: '1001' });
  });

  test.each([
    ['/nowhere', 404, 'not-found'],
    ['/v1/transfers/1', 404, 'transfer-not-found'],
    ["/v1/transfers/pay_1'%20or%201=1", 404, 'transfer-not-found'],
    [`/v1/transfers/${'x'.repeat(129)}`, 414, 'uri-too-long'],
    ['/v1/transfers/%zz', 400, 'malformed-request'],
    ['/v1/transfers/guarded', 403, 'forbidden'],
  ])('%s is a %i', async (path, status, code) => {
    const response = await fetch(url + path);
    expect([response.status, (await problemIn(response)).code]).toEqual([status, code]);
  });

  test.each(['DELETE', 'PUT', 'OPTIONS'])('%s where it has no meaning is a 405 with Allow', async (method) => {
    const response = await fetch(`${url}/v1/transfers`, { method });
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, HEAD, POST']);
    await problemIn(response);
  });

  test('its id is echoed when it is harmless, and replaced when it is not', async () => {
    const idOf = async (given: string) =>
      (await fetch(`${url}/health/live`, { headers: { 'x-request-id': given } })).headers.get('x-request-id');
    expect(await idOf('till-7/4711')).toBe('till-7/4711');
    expect(await idOf('a b')).toMatch(/^req_/);
    expect(await idOf('x'.repeat(129))).toMatch(/^req_/);
  });

  test('its trace is continued, or a new one started', async () => {
    const traceWith = async (traceparent: string) => {
      const response = await fetch(`${url}/v1/transfers/pay_01j9zq3v8k4m5n6p7q8r9s0t1v`, { headers: { traceparent } });
      expect(response.status).toBe(200);
      return ((await response.json()) as { trace: { traceId: string; parentSpanId?: string } }).trace;
    };
    expect(await traceWith(`00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`)).toMatchObject({
      traceId: 'a'.repeat(32),
      parentSpanId: 'b'.repeat(16),
    });
    expect((await traceWith('wrong')).traceId).toMatch(/^[0-9a-f]{32}$/);
  });
});

describe('errors', () => {
  test('a refusal carries its own members', async () => {
    const response = await fetch(`${url}/v1/transfers/failing/refused`);
    expect(response.status).toBe(422);
    expect(await problemIn(response)).toMatchObject({
      code: 'insufficient-funds',
      detail: 'Too little.',
      existing_id: 'x',
      instance: '/v1/transfers/failing/refused',
    });
  });

  test('what is full says when to come back', async () => {
    const response = await fetch(`${url}/v1/transfers/failing/busy`);
    expect([response.status, response.headers.get('retry-after'), (await problemIn(response))['retryable']]).toEqual([503, '2', true]);
  });

  test.each(['unknown', 'framework'])('an %s error tells nothing, and is logged under the request’s id', async (how) => {
    const response = await fetch(`${url}/v1/transfers/failing/${how}`, { headers: { 'x-request-id': `find-me-${how}` } });
    expect(response.status).toBe(500);
    const text = JSON.stringify(await problemIn(response));
    for (const secret of ['relation', 'select', 'secret.ts', 'at /']) expect(text).not.toContain(secret);
    expect(
      started.lines.some((line) => line.includes(`find-me-${how}`) && line.includes('"level":"error"') && line.includes('relation')),
    ).toBe(true);
  });

  test('a stored answer is sent again, word for word', async () => {
    const response = await post(JSON.stringify(transfer), { ...json, 'idempotency-key': 'replay' });
    expect([response.status, response.headers.get('idempotent-replayed'), await response.text()]).toEqual([
      422,
      'true',
      '{"code":"insufficient-funds"}',
    ]);
  });

  test('every type has a page', async () => {
    for (const [code, { title }] of Object.entries(PROBLEM_TYPES)) {
      const response = await fetch(`${url}/problems/${code}`);
      expect([response.status, (await response.text()).includes(title)]).toEqual([200, true]);
    }
    expect((await fetch(`${url}/problems/constructor`)).status).toBe(404);
  });
});
