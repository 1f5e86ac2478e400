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

export const backofficeUrl = (given: string | undefined, env: NodeJS.ProcessEnv): string =>
  given?.replace(/\/$/, '') ?? serviceUrl('backoffice', env);
