import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Topic } from '@falconpay/choreography/topic';
import { topics } from '@falconpay/contracts/choreography';
import { staleFiles, writeGenerated } from './generated-files.js';
import { brokenPromises, release } from './released-schemas.js';
import { readText } from './workspace.js';

let root = '';
beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'falconpay-tools-'))));
afterEach(() => rmSync(root, { recursive: true }));

describe('generated files', () => {
  const files = new Map([
    ['docs/events/a.md', 'a\n'],
    ['docs/configuration.md', 'b\n'],
  ]);

  it('are missing, then up to date, then out of date, then not generated any more', () => {
    expect(staleFiles(files, root)).toEqual(['docs/events/a.md is missing', 'docs/configuration.md is missing']);
    expect(writeGenerated(files, root)).toEqual([...files.keys()]);
    expect(staleFiles(files, root)).toEqual([]);
    expect(staleFiles(new Map([...files, ['docs/events/a.md', 'changed\n']]), root)).toEqual(['docs/events/a.md is out of date']);
    expect(staleFiles(new Map([['docs/configuration.md', 'b\n']]), root)).toEqual(['docs/events/a.md is not generated any more']);
  });

  it('are written only where they changed, and removed when nothing makes them', () => {
    writeGenerated(files, root);
    expect(writeGenerated(files, root)).toEqual([]);
    expect(writeGenerated(new Map(), root)).toEqual(['docs/events/a.md']);
    expect(readText('docs/configuration.md', root)).toBe('b\n');
  });
});

describe('released schemas', () => {
  const [first, ...others] = topics as [Topic, ...Topic[]];
  const changed = (version: number): Topic => ({ ...first, version, schema: { ...first.schema, required: [] } });

  it('hold until they are broken within their version', () => {
    expect(brokenPromises(topics, root)).toEqual([]);
    release(topics, root);
    expect(brokenPromises(topics, root)).toEqual([]);
    expect(brokenPromises([changed(first.version), ...others], root)).toContain(
      `${first.name} v1: the event no longer promises payment_id`,
    );
  });

  it('may change in any way when the version grows, and never go back', () => {
    release([{ ...first, version: 2 }, ...others], root);
    expect(brokenPromises([changed(3), ...others], root)).toEqual([]);
    expect(brokenPromises(topics, root)).toEqual([`${first.name}: version 1 is older than the released 2`]);
  });

  it('miss a topic that is gone', () => {
    release(topics, root);
    expect(brokenPromises(others, root)).toEqual([`${first.name} was released and is no topic any more`]);
  });
});
