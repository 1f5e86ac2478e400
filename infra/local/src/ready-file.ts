import { rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomically } from './write-file-atomically.js';

export type ReadyEntry = { url: string; pid: number } | { brokers: string; pid?: number; pids?: number[] } | { port: number; pid: number };
export type ReadyContent = Readonly<Record<string, ReadyEntry>>;

/** `ready.json`: tells other programs that the system takes requests, and where. */
export class ReadyFile {
  private readonly file: string;
  private writes: Promise<void> = Promise.resolve();
  private removed = false;

  constructor(home: string) {
    this.file = join(home, 'ready.json');
  }

  write(content: ReadyContent): Promise<void> {
    this.writes = this.writes.then(async () => {
      if (!this.removed) await writeFileAtomically(this.file, `${JSON.stringify(content, null, 2)}\n`);
    });
    return this.writes;
  }

  /** For good: a write that was under way does not bring it back. */
  async remove(): Promise<void> {
    this.removed = true;
    await this.writes.catch(() => undefined);
    await rm(this.file, { force: true });
  }

  /** Left by one that was killed. */
  clear(): void {
    rmSync(this.file, { force: true });
  }
}
