import 'reflect-metadata';
import { Body, Controller, Get, HttpCode, Module, Post } from '@nestjs/common';
import { once } from 'node:events';
import { Agent, get, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { problemIn, startService, transfer, TransferDto, type ServiceForSpecs } from './service-for-specs.js';

const requestTimeoutMs = 1_000;

@Controller('v1/transfers')
class TransfersController {
  @Post()
  @HttpCode(202)
  create(@Body() body: TransferDto) {
    return { from: body.from };
  }

  @Get('late')
  async late() {
    await delay(2.5 * requestTimeoutMs);
    return { done: true };
  }
}

@Module({ controllers: [TransfersController] })
class TransfersModule {}

let started: ServiceForSpecs;
beforeAll(async () => {
  started = await startService(TransfersModule, { requestTimeoutMs });
});
afterAll(() => started.service.stop());

/** What comes back on a connection of its own until it ends. */
function raw(text: string, half = false): Promise<string> {
  return new Promise((resolve, reject) => {
    const port = Number.parseInt(new URL(started.url).port, 10);
    const socket = connect(port, '127.0.0.1', () => void (half ? socket.write(text) : socket.end(text)));
    let answer = '';
    socket
      .on('data', (data) => (answer += data.toString()))
      .on('close', () => resolve(answer))
      .on('error', reject);
  });
}

function responseIn(answer: string): Response {
  const [head = '', body = ''] = answer.split('\r\n\r\n');
  const [statusLine = '', ...lines] = head.split('\r\n');
  const headers = lines.map((line) => line.split(': ') as [string, string]);
  return new Response(body, { status: Number(statusLine.split(' ')[1]), headers });
}

describe('a request', () => {
  test.each([
    ['that is not HTTP', 'HELLO\r\n\r\n', 400, 'malformed-request'],
    ['of another protocol', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 400, 'malformed-request'],
    ['with a blank in its path', 'GET /a b HTTP/1.1\r\nHost: x\r\n\r\n', 400, 'malformed-request'],
    ['with 20 kB of headers', `GET / HTTP/1.1\r\nHost: x\r\nX-Large: ${'x'.repeat(20_000)}\r\n\r\n`, 431, 'headers-too-large'],
    ['without Host', 'GET /health/live HTTP/1.1\r\n\r\n', 400, 'malformed-request'],
    ['that expects what nobody can do', 'GET /health/live HTTP/1.1\r\nHost: x\r\nExpect: foo\r\n\r\n', 417, 'expectation-failed'],
    ['for a proxy', 'CONNECT x:80 HTTP/1.1\r\nHost: x\r\n\r\n', 400, 'malformed-request'],
  ])('%s gets a problem', async (_what, text, status, code) => {
    const response = responseIn(await raw(text));
    expect([response.status, (await problemIn(response)).code]).toEqual([status, code]);
  });

  test('that does not arrive is a 408', async () => {
    const head = 'Host: x\r\nContent-Type: application/json\r\nContent-Length: 100';
    const response = responseIn(await raw(`POST /v1/transfers HTTP/1.1\r\n${head}\r\n\r\n{"from"`, true));
    expect([response.status, (await problemIn(response)).code]).toEqual([408, 'request-timeout']);
  });

  test('of the time before Host was needed is served, and so is one that wants to be told to go on', async () => {
    expect(await raw('GET /health/live HTTP/1.0\r\n\r\n')).toContain('200 OK');
    const body = JSON.stringify(transfer);
    const head = `Host: x\r\nExpect: 100-continue\r\nContent-Type: application/json\r\nContent-Length: ${body.length}`;
    const answer = await raw(`POST /v1/transfers HTTP/1.1\r\n${head}\r\n\r\n${body}`);
    expect(answer).toContain('100 Continue');
    expect(answer).toContain('202 Accepted');
  });

  test('may be answered later than it may take to arrive', async () => {
    expect(await (await fetch(`${started.url}/v1/transfers/late`)).json()).toEqual({ done: true });
  });
});

test('a connection that carried a request may rest for longer than one may take to arrive', async () => {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const portOfNext = async (): Promise<number | undefined> => {
    const [incoming] = (await once(get(`${started.url}/health/live`, { agent }), 'response')) as [IncomingMessage];
    const { localPort } = incoming.socket;
    await incoming.resume().toArray();
    return localPort;
  };
  const first = await portOfNext();
  await delay(2.5 * requestTimeoutMs);
  expect(await portOfNext()).toBe(first);
  agent.destroy();
});
