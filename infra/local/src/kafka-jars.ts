import { createHash, randomBytes } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { requireMaven } from './prerequisites.js';
import { runCommand } from './run-command.js';

const POM = fileURLToPath(new URL('../kafka/pom.xml', import.meta.url));
/** Written into the folder as its last file: names and sizes of all that belongs there. */
const CONTENTS = 'contents.json';

export interface KafkaJarsOptions {
  readonly cacheFolder?: string;
  readonly log?: (line: string) => void;
  /** Puts the jars into the folder; Maven, when not given. */
  readonly fetchInto?: (folder: string) => Promise<void>;
}

export function defaultCacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  return join(env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'falconpay');
}

/**
 * The folder with Kafka's jars, fetched once per user and pom. It is filled beside its place and renamed into it, so that
 * what stands there is whole; one that lost a file all the same is thrown away and fetched again.
 */
export async function kafkaJars(options: KafkaJarsOptions = {}): Promise<string> {
  const { cacheFolder = defaultCacheFolder(), log = () => undefined } = options;
  const hash = createHash('sha256').update(readFileSync(POM)).digest('hex').slice(0, 12);
  const place = join(cacheFolder, `kafka-4.3.1-${hash}`);
  if (isWhole(place)) return place;

  const mine = `${place}.${randomBytes(4).toString('hex')}.tmp`;
  await mkdir(mine, { recursive: true });
  try {
    await (options.fetchInto ?? ((folder) => fetchWithMaven(folder, log)))(mine);
    await writeFile(join(mine, CONTENTS), JSON.stringify(sizesIn(mine)));
    await moveInto(place, mine);
  } finally {
    await rm(mine, { recursive: true, force: true });
  }
  return place;
}

async function fetchWithMaven(folder: string, log: (line: string) => void): Promise<void> {
  const maven = await requireMaven();
  log('kafka | fetching Kafka 4.3.1 with Maven (45 MB, only this once) ...');
  const startedAt = Date.now();
  await runCommand(
    maven,
    ['-B', '-q', '-f', POM, 'dependency:copy-dependencies', `-DoutputDirectory=${folder}`, '-DincludeScope=runtime'],
    {
      stillRunning: (seconds) => log(`kafka | fetching: ${countJars(folder)} jars in place after ${seconds} s ...`),
    },
  );
  log(`kafka | fetched ${countJars(folder)} jars in ${((Date.now() - startedAt) / 1_000).toFixed(1)} s`);
}

/** Two starters at once: the first one's folder stays, the other's is dropped. */
async function moveInto(place: string, mine: string): Promise<void> {
  for (let attempt = 0; attempt < 3; attempt++) {
    try {
      return await rename(mine, place);
    } catch (error) {
      if (isWhole(place)) return;
      if (!existsSync(place)) throw error;
      // Renamed away first, so that nobody takes a folder that is being deleted for a whole one.
      const broken = `${place}.${randomBytes(4).toString('hex')}.broken`;
      await rename(place, broken).catch(() => undefined);
      await rm(broken, { recursive: true, force: true });
    }
  }
  throw new Error(`cannot put Kafka's jars into ${place}`);
}

function isWhole(place: string): boolean {
  try {
    const contents = JSON.parse(readFileSync(join(place, CONTENTS), 'utf8')) as Record<string, number>;
    const names = Object.keys(contents);
    return names.length > 0 && names.every((name) => statSync(join(place, name)).size === contents[name]);
  } catch {
    return false;
  }
}

function sizesIn(folder: string): Record<string, number> {
  return Object.fromEntries(readdirSync(folder).map((name) => [name, statSync(join(folder, name)).size]));
}

function countJars(folder: string): number {
  return readdirSync(folder).filter((name) => name.endsWith('.jar')).length;
}
