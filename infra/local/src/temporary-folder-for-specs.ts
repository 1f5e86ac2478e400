import { chmodSync, mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const made: string[] = [];

/** Within the run's own folder, which goes with the run however that ends. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(process.env['FALCONPAY_TEST_FOLDER'] ?? tmpdir(), 'falconpay-spec-'));
  chmodSync(folder, 0o755);
  made.push(folder);
  return folder;
}

export async function removeTemporaryFolders(): Promise<void> {
  await Promise.all(made.splice(0).map((folder) => rm(folder, { recursive: true, force: true })));
}
