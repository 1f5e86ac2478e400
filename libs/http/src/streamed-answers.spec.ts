import 'reflect-metadata';
import { once } from 'node:events';
import { Readable } from 'node:stream';
import { Controller, Get, Module, Param } from '@nestjs/common';
import { createLogger } from '@falconpay/telemetry/logger';
import { Metrics } from '@falconpay/telemetry/metrics';
import { Answer } from './answer.js';
import { createHttpService, type HttpService } from './http-service.js';

const ends = new Map<string, Readable>();

@Controller('v1/files')
class FilesController {
  @Get(':how')
  file(@Param('how') how: string) {
    const stream = Readable.from(chunks(how));
    ends.set(how, stream);
    return new Answer(200, stream, { 'content-type': 'text/csv; charset=utf-8' });
  }
}

async function* chunks(how: string): AsyncGenerator<string> {
  if (how === 'broken-at-once') throw new Error('relation "accounts"');
  for (let line = 0; line < 3 || how === 'endless'; line += 1) yield `line ${line}\n`.repeat(1_000);
  if (how === 'broken-later') throw new Error('relation "accounts"');
}

@Module({ controllers: [FilesController] })
class FilesModule {}

let service: HttpService;
let url: string;
beforeAll(async () => {
  service = await createHttpService(FilesModule, {
    name: 'wallet',
    version: '1',
    logger: createLogger({ service: 'wallet', level: 'silent' }),
    metrics: new Metrics({ service: 'wallet', version: '1' }),
  });
  url = await service.listen(0);
});
afterAll(() => service.stop());

describe('an answer that is a stream', () => {
  it('is sent as it comes, under its own content type', async () => {
    const response = await fetch(`${url}/v1/files/whole`);
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/csv; charset=utf-8']);
    expect(response.headers.get('x-request-id')).toMatch(/./);
    expect((await response.text()).split('\n')).toHaveLength(3_001);
  });

  it('that breaks before it began is a problem, which tells nothing of the inside', async () => {
    const response = await fetch(`${url}/v1/files/broken-at-once`);
    expect([response.status, response.headers.get('content-type')]).toEqual([500, 'application/problem+json; charset=utf-8']);
    expect(await response.text()).not.toContain('relation');
  });

  it('that breaks later does not look whole', async () => {
    await expect(fetch(`${url}/v1/files/broken-later`).then((response) => response.text())).rejects.toThrow();
  });

  it('ends when nobody reads it any more', async () => {
    const reader = new AbortController();
    const response = await fetch(`${url}/v1/files/endless`, { signal: reader.signal });
    expect(response.status).toBe(200);
    const stream = ends.get('endless');
    const closed = stream && once(stream, 'close');
    reader.abort();
    await closed;
    expect(stream?.destroyed).toBe(true);
  });
});
