import { randomBytes } from 'node:crypto';
import { rename, writeFile } from 'node:fs/promises';

/** A reader sees the old content or the new one, never half of it. */
export async function writeFileAtomically(file: string, content: string, mode = 0o644): Promise<void> {
  const beside = `${file}.${randomBytes(4).toString('hex')}.tmp`;
  await writeFile(beside, content, { mode });
  await rename(beside, file);
}
