import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JsonSchema } from '@falconpay/choreography/example-of-schema';
import { breaksBetween } from '@falconpay/choreography/schema-compatibility';
import type { Topic } from '@falconpay/choreography/topic';
import { fileExists, filesBelow, readJson, workspaceRoot } from './workspace.js';

const folder = 'libs/contracts/released';

interface ReleasedSchema {
  readonly topic: string;
  readonly version: number;
  readonly schema: JsonSchema;
}

/** Each way in which a topic breaks what was released under its version. A grown version may change anything. */
export function brokenPromises(topics: readonly Topic[], root = workspaceRoot): string[] {
  const broken = topics.flatMap((topic) => {
    if (!fileExists(pathOf(topic.name), root)) return [];
    const released = readJson<ReleasedSchema>(pathOf(topic.name), root);
    if (topic.version > released.version) return [];
    if (topic.version < released.version) return [`${topic.name}: version ${topic.version} is older than the released ${released.version}`];
    return breaksBetween(released.schema, topic.schema as JsonSchema).map((fault) => `${topic.name} v${topic.version}: ${fault}`);
  });
  const gone = filesBelow(folder, root)
    .map((path) => readJson<ReleasedSchema>(path, root).topic)
    .filter((name) => !topics.some((topic) => topic.name === name));
  return [...broken, ...gone.map((name) => `${name} was released and is no topic any more`)];
}

/** For a release: from now on these schemas are promises. */
export function release(topics: readonly Topic[], root = workspaceRoot): void {
  mkdirSync(join(root, folder), { recursive: true });
  for (const { name: topic, version, schema } of topics) {
    writeFileSync(join(root, pathOf(topic)), `${JSON.stringify({ topic, version, schema }, null, 2)}\n`);
  }
}

const pathOf = (topic: string): string => `${folder}/${topic}.json`;
