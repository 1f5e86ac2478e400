import 'reflect-metadata';
import { Body, Controller, Get, Headers, HttpCode, Module, Param, Post, Query } from '@nestjs/common';
import { once } from 'node:events';
import { Agent, get, type IncomingMessage } from 'node:http';
import { accepted } from './answer.js';
import { Documented } from './endpoint-docs.js';
import type { CheckResult } from './health.js';
import type { HttpService } from './http-service.js';
import { ResourceId } from './resource-id.js';
import { ListQuery, startService, TransferDto, type ServiceForSpecs } from './service-for-specs.js';

let release: (() => void) | undefined;

@Controller('v1/transfers')
class TransfersController {
  @Post()
  @HttpCode(202)
  @Documented({
    summary: 'Move money',
    answers: { 202: { description: 'Accepted' } },
    problems: ['insufficient-funds'],
    idempotencyKey: 'required',
  })
  create(@Body() body: TransferDto, @Headers('idempotency-key') key?: string) {
    return accepted('/v1/transfers/pay_1', { from: body.from, key });
  }

  @Get()
  list(@Query() query: ListQuery) {
    return { ...query };
  }

  @Get('slow')
  async slow() {
    await new Promise<void>((resolve) => (release = resolve));
    return { done: true };
  }

  @Get(':id')
  one(@Param('id', new ResourceId('pay', 'transfer-not-found')) id: string) {
    return { id };
  }
}

@Module({ controllers: [TransfersController] })
class TransfersModule {}

let health: CheckResult = 'ok';
const started: ServiceForSpecs[] = [];

async function start(): Promise<ServiceForSpecs> {
  const readiness = [{ name: 'database', check: () => health }];
  const one = await startService(TransfersModule, { readiness, drainTimeoutMs: 5_000 });
  started.push(one);
  return one;
}

let url: string;
let lines: readonly string[];
let service: HttpService;
beforeAll(async () => {
  ({ url, lines, service } = await start());
});
afterAll(() => Promise.all(started.map((one) => one.service.stop())));

describe('operation', () => {
  test('is ready as its checks say, and alive without them', async () => {
    const statusOf = async (result: CheckResult) => {
      health = result;
      const response = await fetch(`${url}/health/ready`);
      return [response.status, await response.json()];
    };
    expect(await statusOf('degraded')).toEqual([200, { status: 'degraded', checks: { database: 'degraded' } }]);
    expect(await statusOf('down')).toEqual([503, { status: 'down', checks: { database: 'down' } }]);
    expect((await fetch(`${url}/health/live`)).status).toBe(200);
    expect((await statusOf('ok'))[0]).toBe(200);
  });

  test('measures by route template, never by path', async () => {
    await fetch(`${url}/v1/transfers/pay_01j9zq3v8k4m5n6p7q8r9s0t1v`);
    await fetch(`${url}/nowhere`);
    const text = await (await fetch(`${url}/metrics`)).text();
    expect(text).toMatch(/falconpay_http_request_duration_seconds_count\{route="\/v1\/transfers\/:id",method="GET",code="200"\} \d/);
    expect(text).toMatch(/route="unmatched",method="GET",code="404"/);
    expect(text).not.toContain('01j9zq3v');
  });

  test('documents its routes, one way and the other', async () => {
    const document = (await (await fetch(`${url}/openapi.json`)).json()) as {
      openapi: string;
      paths: Record<string, Record<string, { parameters?: { name: string; in: string }[] }>>;
      components: { schemas: Record<string, unknown> };
    };
    const routes = service.routes().map(({ method, path }) => `${method} ${path.replace(/:(\w+)/g, '{$1}')}`);
    const documented = Object.entries(document.paths).flatMap(([path, operations]) =>
      Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(document.openapi).toBe('3.1.0');
    expect(documented.filter((route) => route.includes('/v1/')).sort()).toEqual([...routes].sort());
    expect(document.components.schemas['TransferDto']).toMatchObject({
      required: ['from', 'amount'],
      properties: { amount: { $ref: '#/components/schemas/MoneyDto' }, reference: { maxLength: 140 } },
    });
    expect(
      document.paths['/v1/transfers']?.['post']?.parameters?.filter((parameter) => parameter.in === 'header').map(({ name }) => name),
    ).toEqual(['Idempotency-Key']);
    expect(document.paths['/v1/transfers']?.['get']?.parameters?.map(({ name }) => name).sort()).toEqual(['account', 'cursor', 'limit']);
  });

  test('shows the documentation from its own disk', async () => {
    const page = await (await fetch(`${url}/docs`)).text();
    expect(await (await fetch(`${url}/docs/`)).text()).toBe(page);
    for (const asset of page.matchAll(/(?:src|href)="([^"]+)"/g)) {
      expect(asset[1]).toMatch(/^\/docs\//);
      expect((await fetch(url + (asset[1] as string))).status).toBe(200);
    }
    expect((await fetch(`${url}/docs/assets/..%2fpackage.json`)).status).toBe(404);
  });

  test('logs a request in one line without its query', async () => {
    await fetch(`${url}/v1/transfers?account=CANARY1`, { headers: { 'x-request-id': 'one-line' } });
    const ofRequest = lines.filter((line) => line.includes('one-line'));
    expect(ofRequest).toHaveLength(1);
    expect(JSON.parse(ofRequest[0] as string)).toMatchObject({ level: 'debug', method: 'GET', route: '/v1/transfers', status: 200 });
    expect(ofRequest[0]).not.toContain('CANARY');
  });
});

describe('stopping', () => {
  test('answers what is under way, says goodbye, runs the hooks in order and takes nothing new', async () => {
    const { service: own, url: address } = await start();
    const stopped: string[] = [];
    own.stopHooks.push(
      { name: 'first', stop: () => stopped.push('first') },
      { name: 'broken', stop: () => Promise.reject(new Error('x')) },
      { name: 'last', stop: () => stopped.push('last') },
    );
    release = undefined;
    const underWay = fetch(`${address}/v1/transfers/slow`);
    while (!release) await new Promise((resolve) => setTimeout(resolve, 5));
    const stopping = own.stop();
    await expect(fetch(`${address}/health/live`)).rejects.toThrow();
    expect(stopped).toEqual([]);
    (release as () => void)();
    const response = await underWay;
    expect([response.status, response.headers.get('connection'), await response.json()]).toEqual([200, 'close', { done: true }]);
    expect(await stopping).toBe(false);
    expect(stopped).toEqual(['first', 'last']);
  });

  test('still answers what comes on a connection that was kept alive, and then ends it', async () => {
    const { service: own, url: address } = await start();
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const ask = async () => {
      const [response] = (await once(get(`${address}/health/live`, { agent }), 'response')) as [IncomingMessage];
      await once(response.resume(), 'end');
      return { connection: response.headers.connection, status: response.statusCode };
    };
    expect(await ask()).toEqual({ connection: 'keep-alive', status: 200 });
    const stopping = own.stop();
    expect(await ask()).toEqual({ connection: 'close', status: 200 });
    expect(await stopping).toBe(true);
    await expect(ask()).rejects.toThrow('ECONNREFUSED');
    agent.destroy();
  });
});
