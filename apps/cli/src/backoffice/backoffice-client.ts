import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PlainError } from '@falconpay/local/plain-error';
import { homeFrom, portBaseFrom } from '@falconpay/local/settings';

const portOffset = 4;

/** The back office's API, as anybody else uses it. */
export class BackofficeClient {
  constructor(readonly url: string) {}

  get<Body>(path: string, query: Readonly<Record<string, string | undefined>> = {}): Promise<Body> {
    const given = Object.entries(query).filter((each): each is [string, string] => each[1] !== undefined);
    return this.send('GET', given.length === 0 ? path : `${path}?${new URLSearchParams(given).toString()}`);
  }

  post<Body>(path: string, body: object): Promise<Body> {
    return this.send('POST', path, body);
  }

  private async send<Body>(method: string, path: string, body?: object): Promise<Body> {
    const reply = await fetch(this.url + path, {
      method,
      ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(30_000),
    }).catch((error: Error) => {
      throw new PlainError(
        `the back office does not answer at ${this.url}: ${(error.cause as Error | undefined)?.message ?? error.message}`,
      );
    });
    const answer = (await reply.json()) as Body & { detail?: string };
    if (reply.ok) return answer;
    throw new PlainError(answer.detail ?? `${method} ${path} was answered with ${reply.status}`);
  }
}

/** Where it was said, where the running system says, or where it would be on this machine. */
export function backofficeUrl(given: string | undefined, env: NodeJS.ProcessEnv): string {
  const said = given ?? (env['FALCONPAY_BACKOFFICE_URL'] || undefined);
  if (said !== undefined) return said.replace(/\/$/, '');
  const file = join(homeFrom(env), 'ready.json');
  const ready = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as { backoffice?: { url: string } }) : {};
  return ready.backoffice?.url ?? `http://127.0.0.1:${portBaseFrom(env) + portOffset}`;
}
