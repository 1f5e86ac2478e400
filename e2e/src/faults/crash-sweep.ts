import { topicsHeardBy } from '@falconpay/choreography/participants';
import { consumerGroup, sagas, type Service } from '@falconpay/contracts/choreography';
import type { CrashMoment, CrashPoints } from '@falconpay/testing/crash-points';
import { ConsumerGroups } from './consumer-groups.js';
import type { FaultSystem } from './fault-system.js';

/** The work that is interrupted. A client that gets no answer asks again with the same key. */
export interface Way {
  readonly services: readonly string[];
  /** Begins one piece of it; its id, once it is accepted. */
  begin(): Promise<string>;
  /** Resolves when it has ended, and nothing more comes of it. */
  ended(id: string): Promise<unknown>;
}

/**
 * Every gap between two points once: what is before the one is after the other. What `isOnItsWay` for a while is crashed then too.
 * What the relay has read it sends at once, and before that is a point by itself.
 */
export function crashesAt(
  points: readonly string[],
  isOnItsWay: (point: string) => boolean,
): { readonly point: string; readonly when: CrashMoment }[] {
  const gaps = points.filter((point) => !point.startsWith('relay first page'));
  return gaps.flatMap((point, index) => {
    const moments: CrashMoment[] = isOnItsWay(point) ? ['before', 'sent'] : ['before'];
    if (index === gaps.length - 1) moments.push('after');
    return moments.map((when) => ({ point, when }));
  });
}

/** What outlives the process: between two of these, statements of a transaction that is not committed leave nothing behind. */
const lasting = /^(COMMIT|produce|commit offsets|relay|answer|call|journal)/;
export const isLasting = (point: string): boolean => lasting.test(point);
const isCall = (point: string): boolean => point.startsWith('call ');

const attemptsMax = 3;
const groupOf = (service: string): string => consumerGroup(service as Service);

/** Counts the points of a service on some way through the system, and crashes it at each. */
export class CrashSweep {
  private readonly members: ConsumerGroups;

  private constructor(
    private readonly system: FaultSystem,
    private readonly crashes: CrashPoints,
  ) {
    this.members = new ConsumerGroups(system.running.local.brokers, system.topics.prefix);
  }

  static async of(system: FaultSystem, crashes: CrashPoints): Promise<CrashSweep> {
    const sweep = new CrashSweep(system, crashes);
    await sweep.members.connect();
    return sweep;
  }

  async stop(): Promise<void> {
    await this.members.disconnect();
  }

  /** Those that were reached every time: what time decides is left out. The first run after a start is not like the others. */
  async countPoints(way: Way, service: string): Promise<string[]> {
    const [, first, second] = [
      await this.pointsOfOne(way, service),
      await this.pointsOfOne(way, service),
      await this.pointsOfOne(way, service),
    ];
    const again = new Set(second);
    return first.filter((point) => again.has(point));
  }

  /** The id of what was interrupted, once that has ended all the same; undefined when the point was not come to: time decides that. */
  async crashAt(way: Way, service: string, point: string, when: CrashMoment): Promise<string | undefined> {
    const { running } = this.system;
    for (let attempt = 1; attempt <= attemptsMax; attempt += 1) {
      await this.quiet(way);
      const dead = await this.membersOf(service);
      await this.crashes.arm(service, running.local.pid(service), { point, when });
      const died = new Promise<void>((resolve) => {
        const forget = running.local.onEvent(({ name, kind }) => {
          if (name !== service || kind !== 'died') return;
          forget();
          resolve();
        });
      });
      const begun = way.begin();
      let wentBy = false;
      const over = begun.then(async (id) => {
        await way.ended(id);
        await this.quiet(way);
        wentBy = true;
      });
      over.catch(() => undefined);
      await running.eventually(`${service} comes to ${point}, or past it`, () => this.crashes.hasStruck(service) || wentBy, { everyMs: 5 });
      if (!this.crashes.hasStruck(service)) continue;
      await died;
      await Promise.all([this.bury(service, dead), this.startAtOnce(service)]);
      await over;
      return begun;
    }
    return undefined;
  }

  /**
   * Crashes it once in every gap between two of these points, as what is before the one is after the other, and asks each time what
   * is wrong. How many points were come to.
   */
  async crashInEveryGap(
    way: Way,
    service: string,
    points: readonly string[],
    wrongWith: (id: string) => Promise<readonly string[]>,
  ): Promise<number> {
    const startedAt = Date.now();
    const crashedAt = new Set<string>();
    let count = 0;
    for (const { point, when } of crashesAt(points, isCall)) {
      const id = await this.crashAt(way, service, point, when);
      if (id === undefined) continue;
      crashedAt.add(point);
      count += 1;
      const wrong = await wrongWith(id);
      if (wrong.length > 0) throw new Error(`${service} died ${when} ${point}:\n${wrong.join('\n')}`);
    }
    const seconds = Math.round((Date.now() - startedAt) / 1_000);
    process.stdout.write(`${service}: ${crashedAt.size} points, ${count} crashes in ${seconds} s: ${[...crashedAt].join(', ')}\n`);
    return crashedAt.size;
  }

  private async pointsOfOne(way: Way, service: string): Promise<string[]> {
    await this.quiet(way);
    await this.crashes.arm(service, this.system.running.local.pid(service), {});
    await way.ended(await way.begin());
    await this.quiet(way);
    return this.crashes.reached(service);
  }

  /** Nothing of earlier work is left to be done, so that the next one's points are its own. */
  private quiet({ services }: Way): Promise<unknown> {
    const hearing = services
      .map((service) => ({ service, topics: topicsHeardBy(sagas, service) }))
      .filter(({ topics }) => topics.length > 0);
    return this.system.running.eventually(
      'all is read, and confirmed',
      async () => {
        const isQuiet = hearing.map(async ({ service, topics }) => {
          const group = groupOf(service);
          return (await this.members.members(group)).length === 1 && (await this.members.hasReadAll(group, topics));
        });
        return (await Promise.all(isQuiet)).every(Boolean);
      },
      { everyMs: 20 },
    );
  }

  private async membersOf(service: string): Promise<string[]> {
    return topicsHeardBy(sagas, service).length === 0 ? [] : this.members.members(groupOf(service));
  }

  private async bury(service: string, dead: readonly string[]): Promise<void> {
    if (dead.length > 0) await this.members.bury(groupOf(service), dead);
  }

  /** The supervisor waits longer and longer with a program that crashes again and again: here it is no fault of the program. */
  private async startAtOnce(service: string): Promise<void> {
    await this.system.running.stopService(service);
    await this.system.running.startService(service);
  }
}
