import { appendFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LogFile } from './log-file.js';

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'log-'));
  file = join(folder, 'deeper', 'journal.jsonl');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function opened(sync = true): Promise<{ log: LogFile; found: string[] }> {
  const found: string[] = [];
  return { log: await LogFile.open(file, { sync }, (line) => void found.push(line)), found };
}

describe('the log', () => {
  it.each([true, false])('gives back what was appended, in order, also to who reads while others write (sync: %p)', async (sync) => {
    const { log } = await opened(sync);
    const lines = Array.from({ length: 500 }, (_, index) => `{"line":${index},"text":"ü${'x'.repeat(index)}"}`);
    const seen: string[] = [];
    await Promise.all(lines.map((line) => log.append([line])));
    await Promise.all([log.read((line) => void seen.push(line)), log.append(['{"later":1}', '{"later":2}'])]);
    expect(seen.slice(0, 500)).toEqual(lines);
    await log.close();
    const again = await opened(sync);
    expect(again.found).toEqual([...lines, '{"later":1}', '{"later":2}']);
    await again.log.close();
  });

  it('cuts off a line that a crash left unfinished, and goes on after the last whole one', async () => {
    const first = await opened();
    await first.log.append(['{"whole":1}']);
    await first.log.close();
    await appendFile(file, '{"torn":');
    const second = await opened();
    expect(second.found).toEqual(['{"whole":1}']);
    await second.log.append(['{"whole":2}']);
    await second.log.close();
    expect(await readFile(file, 'utf8')).toBe('{"whole":1}\n{"whole":2}\n');
  });

  it('has written what it was given when append returns, before anybody has waited', async () => {
    const { log } = await opened();
    const durable = log.append(['{"written":1}']);
    expect(await readFile(file, 'utf8')).toBe('{"written":1}\n');
    await durable;
    await log.close();
  });
});
