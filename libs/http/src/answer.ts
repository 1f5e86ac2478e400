/** What a controller returns when the status or the headers are not always the same. */
export class Answer<Body = unknown> {
  constructor(
    readonly status: number,
    /** A string is sent as it is (JSON already, unless the headers say otherwise), a stream as it comes; anything else is serialised. */
    readonly body: Body,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {}
}

export const accepted = <Body>(location: string, body: Body): Answer<Body> => new Answer(202, body, { location });
export const created = <Body>(location: string, body: Body): Answer<Body> => new Answer(201, body, { location });
/** A stored answer, word for word; problems go out as problems. */
export const replayed = (status: number, json: string): Answer<string> =>
  new Answer(status, json, {
    'idempotent-replayed': 'true',
    ...(status >= 400 && { 'content-type': 'application/problem+json; charset=utf-8' }),
  });
