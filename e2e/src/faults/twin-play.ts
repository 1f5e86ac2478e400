import { CrashPoints } from '@falconpay/testing/crash-points';
import type { Patience } from '@falconpay/testing/eventually';
import { FaultSystem } from './fault-system.js';
import { copyOf, type Edit, type Twin } from './sabotage.js';

/**
 * What a scenario does to a system; it ends when nothing more is to be expected. What it returns is wrong. A sound system gets all
 * the patience there is, a twin, which may never get there, some seconds.
 */
export type Scenario = (system: FaultSystem, crashes: CrashPoints, patience: Patience) => Promise<string[]>;

export const forTheReal: Patience = {};
const forTwins: Patience = { withinMs: 7_000 };

/** A twin with what brings its fault to light, and the words that it is accused with. */
export interface TwinCase extends Twin {
  readonly scenario: Scenario;
  readonly finds: RegExp;
}

/** A command that nobody has answered is given again. That it is not is held in two places. */
export const commandSentAgain: readonly Edit[] = [
  {
    file: 'apps/atm-gateway/dist/outside/errand.js',
    from: `step: 'cancel',\n        dueAt: after(now, patience.answerWithinMs)`,
    to: 'dueAt: after(now, patience.answerWithinMs)',
  },
  {
    file: 'apps/atm-gateway/dist/orders/claim-errand/claim-errand.js',
    from: 'if (acting === order) return reply(undefined);',
    to: '',
  },
];

/** What is found wrong with the twin, in a system of its own. */
export async function playedOn(twin: Twin, scenario: Scenario, env: Readonly<Record<string, string>> = {}): Promise<string[]> {
  const crashes = new CrashPoints();
  const copy = copyOf(twin);
  const system = await FaultSystem.start({ name: 'twin', env: { ...env, ...crashes.env }, root: copy.root });
  try {
    return await scenario(system, crashes, forTwins);
  } finally {
    await system.stop();
    copy.remove();
    crashes.remove();
  }
}

/** Each scenario is played with the real program first, which it must not accuse. */
export function describeTwins(twins: readonly TwinCase[], env: Readonly<Record<string, string>>): void {
  describe('a program that', () => {
    const crashes = new CrashPoints();
    let real: FaultSystem;
    beforeAll(async () => {
      real = await FaultSystem.start({ name: 'real', env: { ...env, ...crashes.env } });
    });
    afterAll(async () => {
      await real?.stop();
      crashes.remove();
    });

    it.each(twins)('$name is found out, and the real one is not accused', async ({ scenario, finds, ...twin }) => {
      expect(await scenario(real, crashes, forTheReal)).toEqual([]);
      expect((await playedOn(twin, scenario, env)).join('\n')).toMatch(finds);
    });
  });
}
