import { setTimeout as delay } from 'node:timers/promises';
import { waitForKafka } from '@falconpay/local/kafka-ready';
import type { LocalSystem } from '@falconpay/local/local-system';
import type { Random } from './random.js';

export interface FaultOptions {
  readonly brokers: 1 | 3;
  /** Ends when so many processes were killed … */
  readonly kills: number;
  /** … or when this much time is over. */
  readonly untilMs: number;
  /** How many times a service is stopped for longer than its session lives, and goes on as if nothing had happened. */
  readonly zombies: number;
}

interface Progress {
  readonly progress: bigint;
  scrape(service: string): Promise<void>;
}

/** One of three brokers is missed less than the only one, and is to be hurt more often. */
const weights = {
  1: { payment: 3, wallet: 3, 'atm-gateway': 3, backoffice: 1, simulator: 2, kafka: 2, postgres: 2 },
  3: { payment: 1, wallet: 1, 'atm-gateway': 1, backoffice: 1, simulator: 1, kafka: 8, postgres: 1 },
};
const zombieMs = 17_000;
/** After so many kills the system is let work again before the next one. */
const killsInARow = 4;
const progressPatienceMs = 25_000;
const progressAtLeast = 25n;
const comingBackMsMax = 120_000;

/** Hurts the system in ways that are chosen by chance, and lets it get work done in between. */
export class Faults {
  readonly kills = new Map<string, number>();
  cleanBrokerRestarts = 0;
  zombies = 0;
  private readonly down = new Set<string>();
  private readonly busy = new Set<string>();
  private readonly background = new Set<Promise<void>>();
  private brokerTurn = 0;

  constructor(
    private readonly system: LocalSystem,
    private readonly random: Random,
    private readonly watch: Progress,
    private readonly options: FaultOptions,
    private readonly log: (line: string) => void,
  ) {}

  get killed(): number {
    return [...this.kills.values()].reduce((sum, count) => sum + count, 0);
  }

  async run(signal: AbortSignal): Promise<void> {
    const unsubscribe = this.system.onEvent(({ name, kind }) => void (kind === 'died' ? this.down.add(name) : this.down.delete(name)));
    const zombieEvery = Math.max(3, Math.floor(this.options.kills / (this.options.zombies + 1)));
    const endAt = performance.now() + this.options.untilMs;
    try {
      while (this.killed < this.options.kills && performance.now() < endAt && !signal.aborted) {
        await this.pause(this.random.between(1_500, 3_000), signal);
        if (signal.aborted) break;
        const before = this.killed;
        await this.hurt(signal);
        if (this.killed === before) continue;
        if (this.zombies < this.options.zombies && this.killed % zombieEvery === 0) this.inBackground(this.zombie(signal));
        if (this.killed % killsInARow === 0) await this.untilWorkIsDone(signal);
      }
      await Promise.all(this.background);
      await this.untilAllIsUp(signal);
    } finally {
      unsubscribe();
    }
  }

  private async hurt(signal: AbortSignal): Promise<void> {
    const target = this.random.weighted(weights[this.options.brokers]);
    if (target === 'kafka' && this.options.brokers > 1) return this.hurtABroker(signal);
    if (this.down.has(target) || this.busy.has(target)) return;
    if (target !== 'kafka' && target !== 'postgres') await this.watch.scrape(target);
    this.kill(target, target === 'postgres' && this.random.next() < 0.7 ? 'SIGQUIT' : 'SIGKILL');
  }

  private kill(target: string, kind: NodeJS.Signals): void {
    if (this.system.pid(target) === undefined) return;
    this.system.kill(target, kind);
    this.down.add(target);
    this.kills.set(target, (this.kills.get(target) ?? 0) + 1);
    this.log(`kill ${this.killed}: ${target} (${kind})`);
  }

  /** One broker after the other, each killed or restarted cleanly, never two at a time. */
  private async hurtABroker(signal: AbortSignal): Promise<void> {
    if (this.busy.has('kafka')) return;
    const names = ['kafka', 'kafka-2', 'kafka-3'];
    const name = names[this.brokerTurn++ % names.length] ?? 'kafka';
    const isClean = this.random.next() < 0.5;
    this.busy.add('kafka');
    const whole = async (): Promise<void> => {
      if (isClean) {
        this.cleanBrokerRestarts += 1;
        this.log(`clean restart of ${name}`);
        await this.system.stopProcess(name);
        await this.system.startProcess(name);
      } else this.kill(name, 'SIGKILL');
      await this.system.ready(name);
      await waitForKafka(this.system.brokers, { members: names.length, signal: AbortSignal.any([signal, AbortSignal.timeout(60_000)]) });
      this.busy.delete('kafka');
    };
    this.inBackground(whole());
  }

  /** Stopped in the middle of whatever it does; its group and its lease go on without it; then it wakes up. */
  private async zombie(signal: AbortSignal): Promise<void> {
    const target = this.random.pick(['payment', 'wallet', 'atm-gateway']);
    if (this.down.has(target) || this.busy.has(target)) return;
    this.busy.add(target);
    this.zombies += 1;
    this.log(`${target} is stopped for ${zombieMs / 1_000} s (SIGSTOP)`);
    this.system.kill(target, 'SIGSTOP');
    try {
      await this.pause(zombieMs, signal);
    } finally {
      if (this.system.pid(target) !== undefined) this.system.kill(target, 'SIGCONT');
      this.busy.delete(target);
    }
  }

  private async untilWorkIsDone(signal: AbortSignal): Promise<void> {
    const enough = this.watch.progress + progressAtLeast;
    const deadline = performance.now() + progressPatienceMs;
    while (this.watch.progress < enough && performance.now() < deadline && !signal.aborted) await this.pause(100, signal);
  }

  private async untilAllIsUp(signal: AbortSignal): Promise<void> {
    const deadline = performance.now() + comingBackMsMax;
    while (this.down.size > 0 && performance.now() < deadline && !signal.aborted) await this.pause(100, signal);
    if (this.down.size > 0 && !signal.aborted)
      throw new Error(`${[...this.down].join(' and ')} did not come back in ${comingBackMsMax / 1_000} s`);
  }

  private inBackground(work: Promise<void>): void {
    const quiet = work.catch((error: unknown) => this.log(`a fault did not work out: ${String(error)}`));
    this.background.add(quiet);
    void quiet.finally(() => this.background.delete(quiet));
  }

  private async pause(ms: number, signal: AbortSignal): Promise<void> {
    await delay(ms, undefined, { signal }).catch(() => undefined);
  }
}
