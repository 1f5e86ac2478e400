import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Guardian } from './guardian.js';
import { PlainError } from './plain-error.js';
import { endProcess, signalProcess } from './processes.js';

export interface ProcessPlan {
  readonly name: string;
  readonly stopSignal: 'TERM' | 'INT' | 'QUIT';
  /** How long it may take to stop by itself before it is killed. */
  readonly stopWithinMs: number;
  /** Done before every launch: clearing what the last one left, for instance. */
  prepare?(): Promise<void>;
  launch(): ChildProcess;
  /** Resolves when it does its work; is abandoned (signal) when the process ends first. */
  ready(signal: AbortSignal): Promise<void>;
  /** Lines of its output that are worth showing; all when not given. */
  shows?(line: string): boolean;
}

export type ProcessEvent = { name: string; pid: number; kind: 'died' | 'restarted' };

const LIVED_A_WHILE_MS = 10_000;
const BACK_OFF_MS = [0, 500, 1_000, 2_000, 4_000, 5_000];
const ATTEMPTS_AT_FIRST = 3;

/** One process that is meant to run: started again whenever it ends without having been asked to. */
export class SupervisedProcess {
  private child: ChildProcess | undefined;
  private wanted = false;
  private readyOnce = false;
  private isReady = false;
  private early = 0;
  private lastLines: string[] = [];
  private loop: Promise<void> = Promise.resolve();
  private waiting: Array<{ resolve: () => void; reject: (error: Error) => void }> = [];
  private interruptBackOff = new AbortController();

  constructor(
    private readonly plan: ProcessPlan,
    private readonly guardian: Guardian,
    private readonly log: (line: string) => void,
    private readonly notify: (event: ProcessEvent) => void = () => undefined,
  ) {}

  get name(): string {
    return this.plan.name;
  }

  get pid(): number | undefined {
    return this.child?.pid;
  }

  /** False while it is held down on purpose. */
  get isWanted(): boolean {
    return this.wanted;
  }

  /** Starts it and waits until it does its work. Fails when it ends again and again before it ever did. */
  async start(withinMs = 120_000): Promise<void> {
    if (!this.wanted) {
      this.wanted = true;
      this.readyOnce = false;
      this.early = 0;
      this.interruptBackOff = new AbortController();
      this.loop = this.loop.then(() => this.keepRunning());
    }
    const patience = new AbortController();
    const tooLate = sleep(withinMs, true, { signal: patience.signal }).catch(() => false);
    const ready = this.untilReady().then(() => false);
    try {
      if (await Promise.race([ready, tooLate])) {
        ready.catch(() => undefined);
        await this.stop();
        throw new PlainError(`${this.name} runs but is not ready after ${withinMs / 1_000} s; ${this.lastWords()}`);
      }
    } finally {
      patience.abort();
    }
  }

  untilReady(): Promise<void> {
    if (this.isReady) return Promise.resolve();
    return new Promise((resolve, reject) => this.waiting.push({ resolve, reject }));
  }

  /** Stops it and keeps it down until `start()`. */
  async stop(signal: NodeJS.Signals = `SIG${this.plan.stopSignal}`): Promise<void> {
    this.wanted = false;
    this.interruptBackOff.abort();
    const pid = this.child?.pid;
    if (pid !== undefined) await endProcess(pid, signal, this.plan.stopWithinMs);
    await this.loop;
  }

  /** As an accident would: the supervisor starts it again. */
  kill(signal: NodeJS.Signals = 'SIGKILL'): boolean {
    const pid = this.child?.pid;
    return pid !== undefined && signalProcess(pid, signal);
  }

  private async keepRunning(): Promise<void> {
    while (this.wanted && this.guardian.active) {
      const since = Date.now();
      const ending = await this.runOnce().catch((error: Error) => error.message);
      if (!this.wanted || !this.guardian.active) break;
      this.early = Date.now() - since < LIVED_A_WHILE_MS ? this.early + 1 : 0;
      if (!this.readyOnce && this.early >= ATTEMPTS_AT_FIRST) {
        this.wanted = false;
        this.settle(new PlainError(`${this.name} does not start (${ending}); ${this.lastWords()}`));
        return;
      }
      const pause = BACK_OFF_MS[Math.min(this.early === 0 ? 0 : this.early - 1, BACK_OFF_MS.length - 1)] ?? 0;
      this.log(`supervisor | ${this.name} ended (${ending}); starting it again ${pause === 0 ? 'at once' : `in ${pause} ms`}`);
      await sleep(pause, undefined, { signal: this.interruptBackOff.signal }).catch(() => undefined);
    }
    this.settle(new PlainError(`${this.name} was stopped before it was ready`));
  }

  private async runOnce(): Promise<string> {
    await this.plan.prepare?.();
    if (!this.wanted || !this.guardian.active) return 'not wanted any more';
    const child = this.plan.launch();
    const launchedAt = Date.now();
    const pid = child.pid;
    const ended = new Promise<string>((resolve) => {
      child.once('error', (error) => resolve(error.message));
      child.once('exit', (code, signal) => resolve(signal === null ? `exit code ${code}` : signal));
    });
    const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
    if (pid === undefined) return ended;
    this.child = child;
    this.guardian.watch(pid, this.plan.stopSignal);
    this.follow(child);
    const abandoned = new AbortController();
    this.plan.ready(abandoned.signal).then(
      () => this.becameReady(pid, launchedAt),
      (error: Error) => {
        if (!abandoned.signal.aborted) this.log(`supervisor | ${this.name} is not ready: ${error.message}`);
      },
    );
    const ending = await ended;
    abandoned.abort();
    this.isReady = false;
    this.child = undefined;
    this.guardian.forget(pid);
    // Its last words may still be on their way; a grandchild that holds the pipe must not delay us for long.
    await Promise.race([closed, sleep(50)]);
    if (this.wanted) this.notify({ name: this.name, pid, kind: 'died' });
    return ending;
  }

  private becameReady(pid: number, launchedAt: number): void {
    if (this.child?.pid !== pid) return;
    this.isReady = true;
    if (this.readyOnce) {
      this.log(`supervisor | ${this.name} works again (pid ${pid}, ${Date.now() - launchedAt} ms)`);
      this.notify({ name: this.name, pid, kind: 'restarted' });
    }
    this.readyOnce = true;
    this.settle();
  }

  private settle(error?: Error): void {
    const waiting = this.waiting;
    this.waiting = [];
    for (const each of waiting) {
      if (error === undefined) each.resolve();
      else each.reject(error);
    }
  }

  private lastWords(): string {
    return this.lastLines.length === 0 ? 'it said nothing' : `it said: ${this.lastLines.slice(-3).join(' / ')}`;
  }

  private follow(child: ChildProcess): void {
    this.lastLines = [];
    for (const stream of [child.stdout, child.stderr]) {
      if (stream === null) continue;
      createInterface({ input: stream }).on('line', (line) => {
        if (line.trim() === '') return;
        this.lastLines = [...this.lastLines.slice(-9), line];
        if (this.plan.shows?.(line) ?? true) this.log(`${this.name} | ${line}`);
      });
    }
  }
}
