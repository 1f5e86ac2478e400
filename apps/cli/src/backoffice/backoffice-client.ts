import { userInfo } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { PlainError } from '@falconpay/local/plain-error';
import { serviceUrl } from '../service-url.js';

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
    const silent = (error: Error): never => {
      throw new PlainError(
        `the back office does not answer at ${this.url}: ${(error.cause as Error | undefined)?.message ?? error.message}`,
      );
    };
    const reply = await fetch(this.url + path, {
      method,
      ...(body && { headers: { 'content-type': 'application/json', 'x-operator': operator() }, body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(30_000),
    }).catch(silent);
    const answer = (await reply.json().catch(silent)) as Body & { detail?: string };
    if (reply.ok) return answer;
    throw new PlainError(answer.detail ?? `${method} ${path} was answered with ${reply.status}`);
  }
}

/** Kept with what is done. A process may run as somebody without a name. */
function operator(): string {
  try {
    return encodeURIComponent(userInfo().username).slice(0, 64);
  } catch {
    return '';
  }
}

const askAgainMs = 1_000;

/** Who looks on is still there when the back office is back. */
export async function patiently<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof PlainError)) throw error;
      console.error(`falconpay: ${error.message}`);
      await delay(askAgainMs);
    }
  }
}

export const backofficeUrl = (given: string | undefined, env: NodeJS.ProcessEnv): string =>
  given?.replace(/\/$/, '') ?? serviceUrl('backoffice', env);
