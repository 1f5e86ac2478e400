import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { eventually } from './eventually.js';

/** `before` it is done, when its bytes have left and no answer has come (`sent`), or when the answer is there (`after`). */
export type CrashMoment = 'before' | 'sent' | 'after';

export interface CrashPlan {
  /** A point's name and its how-manieth it is: `COMMIT#1`. None: the points are only counted. */
  readonly point?: string;
  readonly when?: CrashMoment;
  /** SIGSTOP makes a zombie of it. */
  readonly signal?: 'SIGKILL' | 'SIGSTOP';
}

/** Where test and service leave each other word: the plan, and the points as they are reached. */
export const crashFolderVariable = 'FALCONPAY_CRASH_POINTS_FOLDER';
export const planFileOf = (folder: string, service: string): string => join(folder, `${service}.plan`);
export const pointsFileOf = (folder: string, service: string): string => join(folder, `${service}.points`);

const preload = fileURLToPath(new URL('../dist/crash-points-preload.js', import.meta.url));

/**
 * Crashes a service at a chosen point of its work: before or after any SQL statement of a transaction, any record sent to
 * Kafka, any offset written, any answer, any call to the outside and any line of the simulator's journal. The product knows nothing of it: a preloaded module stands between it and its
 * drivers.
 */
export class CrashPoints {
  private readonly folder = mkdtempSync(join(process.env['FALCONPAY_TEST_FOLDER'] ?? tmpdir(), 'crash-points-'));

  /** For the services' environment. */
  get env(): Record<string, string> {
    return { NODE_OPTIONS: `--import=${preload}`, [crashFolderVariable]: this.folder };
  }

  /** From now on the process counts its points, and ends at the one named. */
  async arm(service: string, pid: number | undefined, plan: CrashPlan): Promise<void> {
    if (pid === undefined) throw new Error(`${service} is not running`);
    rmSync(pointsFileOf(this.folder, service), { force: true });
    writeFileSync(planFileOf(this.folder, service), JSON.stringify(plan));
    process.kill(pid, 'SIGUSR2');
    await eventually(`${service} is armed`, () => existsSync(pointsFileOf(this.folder, service)), { everyMs: 5 });
  }

  /** The points reached since it was armed, in their order. */
  reached(service: string): string[] {
    return this.lines(service).filter((line) => !line.startsWith('!'));
  }

  /** Whether the service has come to the point where it was to end. */
  hasStruck(service: string): boolean {
    return this.lines(service).some((line) => line.startsWith('!'));
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  private lines(service: string): string[] {
    const file = pointsFileOf(this.folder, service);
    return existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean) : [];
  }
}

/** On the service's side: one line per point. Written at once, as the process may be gone the next moment. */
export const writePoint = (file: string, line: string): void => appendFileSync(file, `${line}\n`);
