import { closeSync, createReadStream, existsSync, fdatasync, ftruncateSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Lines that are never changed. `append` returns when its line is on disk; lines that are written meanwhile share the next wait.
 * A line that a crash left unfinished has never been answered for, and is cut off on opening.
 */
export class LogFile {
  private waiting: { resolve: () => void; reject: (error: Error) => void }[] = [];
  private syncing: Promise<void> | undefined;

  private constructor(
    private readonly file: string,
    private readonly descriptor: number,
    private readonly sync: boolean,
    private length: number,
  ) {}

  /** Hands every line that is there to `line`, in order. */
  static async open(file: string, options: { readonly sync: boolean }, line: (text: string) => void): Promise<LogFile> {
    mkdirSync(dirname(file), { recursive: true });
    const length = existsSync(file) ? await readLines(file, Number.POSITIVE_INFINITY, line) : 0;
    const descriptor = openSync(file, existsSync(file) ? 'r+' : 'w+', 0o600);
    ftruncateSync(descriptor, length);
    return new LogFile(file, descriptor, options.sync, length);
  }

  /** Written when it returns, which outlives the process; on disk, which outlives the machine, when the promise resolves. */
  append(lines: readonly string[]): Promise<void> {
    if (lines.length > 0) {
      const bytes = Buffer.from(`${lines.join('\n')}\n`);
      for (let written = 0; written < bytes.length;)
        written += writeSync(this.descriptor, bytes, written, bytes.length - written, this.length + written);
      this.length += bytes.length;
    }
    if (!this.sync || (lines.length === 0 && this.syncing === undefined)) return Promise.resolve();
    const durable = new Promise<void>((resolve, reject) => this.waiting.push({ resolve, reject }));
    this.syncing ??= this.syncAll().finally(() => (this.syncing = undefined));
    return durable;
  }

  /** Every line so far, while others may be appended. */
  read(line: (text: string) => void): Promise<number> {
    return readLines(this.file, this.length, line);
  }

  async close(): Promise<void> {
    await this.syncing;
    closeSync(this.descriptor);
  }

  private async syncAll(): Promise<void> {
    while (this.waiting.length > 0) {
      const waiting = this.waiting;
      this.waiting = [];
      const error = await new Promise<Error | null>((resolve) => fdatasync(this.descriptor, resolve));
      for (const { resolve, reject } of waiting)
        if (error === null) resolve();
        else reject(error);
    }
  }
}

/** The number of bytes that whole lines make up. */
async function readLines(file: string, end: number, line: (text: string) => void): Promise<number> {
  if (end === 0) return 0;
  let rest: Buffer = Buffer.alloc(0);
  let whole = 0;
  for await (const chunk of createReadStream(file, { end: end - 1, highWaterMark: 1 << 20 }) as AsyncIterable<Buffer>) {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let from = 0;
    for (let newline = bytes.indexOf(10); newline !== -1; newline = bytes.indexOf(10, from)) {
      line(bytes.toString('utf8', from, newline));
      from = newline + 1;
    }
    whole += from;
    rest = bytes.subarray(from);
  }
  return whole;
}
