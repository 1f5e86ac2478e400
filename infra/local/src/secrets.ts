import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeFileAtomically } from './write-file-atomically.js';

export interface Secrets {
  /** The password of a login; made when first asked for. */
  of(login: string): string;
  /** To be called before a new one is used. */
  save(): Promise<void>;
}

/** Passwords of this data folder, random, readable by its owner only. */
export function openSecrets(home: string): Secrets {
  const file = join(home, 'secrets.json');
  const known = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>) : {};
  return {
    of: (login) => (known[login] ??= randomBytes(18).toString('base64url')),
    save: () => writeFileAtomically(file, `${JSON.stringify(known, null, 2)}\n`, 0o600),
  };
}
