/**
 * Every error this system answers with. A type that is not here cannot be sent. `doc` is the text of the page its `type` URI leads to.
 * `code` and `status` are promises to clients: add, never change.
 */
export interface ProblemType {
  readonly title: string;
  readonly status: number;
  /** Whether the very same request may succeed later. */
  readonly retryable: boolean;
  readonly doc: string;
}

const define = <const Types extends Record<string, ProblemType>>(types: Types): Types => types;
const type = (status: number, title: string, doc: string, retryable = false): ProblemType => ({ status, title, retryable, doc });

export const PROBLEM_TYPES = define({
  'malformed-request': type(
    400,
    'The request is not valid HTTP',
    'The request line, a header or the encoding of the path could not be read.',
  ),
  'malformed-json': type(
    400,
    'The body is not acceptable JSON',
    'The body must be one JSON document in UTF-8: no key twice in one object, no more than 32 levels, whole numbers without fraction or exponent, no `__proto__`.',
  ),
  'validation-failed': type(
    400,
    'The request is not valid',
    'Each entry of `errors` names a place (`pointer`, a JSON Pointer into the body, or the name of a parameter) and what is wrong there. Members and parameters that are not documented are refused.',
  ),
  'invalid-cursor': type(
    400,
    'The cursor is not valid',
    'A cursor belongs to the filters and the client it was made for. Start again without one.',
  ),
  'idempotency-key-missing': type(
    400,
    'An Idempotency-Key header is needed',
    'Send a key of your own, best a new UUID for every new operation, and the same one when you repeat it. Keys are kept for 7 days.',
  ),
  'idempotency-key-invalid': type(
    400,
    'The Idempotency-Key header is not valid',
    'Exactly one header of 1 to 255 visible ASCII characters, quoted or bare.',
  ),
  unauthorized: type(401, 'Credentials are needed', 'The request carries none, or none that are valid.'),
  forbidden: type(403, 'This is not allowed to you', 'The credentials do not cover this operation.'),
  'not-found': type(404, 'There is nothing here', 'No such path, or no such resource.'),
  'account-not-found': type(
    404,
    'There is no such account',
    'No account has this id or number; or it is closed, and money is to move on it.',
  ),
  'atm-not-found': type(
    404,
    'There is no such cash machine',
    'No cash machine has this id. Machines are made known with `PUT /v1/atms/{id}`.',
  ),
  'bank-not-found': type(404, 'There is no such bank', 'No bank has this id. Banks are made known with `PUT /v1/banks/{id}`.'),
  'institution-not-found': type(
    404,
    'There is no such institution',
    'No institution has this id. Institutions are made known with `PUT /v1/institutions/{id}`.',
  ),
  'redemption-not-found': type(404, 'There is no such redemption', 'No redemption has this id.'),
  'payout-not-found': type(404, 'There is no such payout', 'No payout has this id.'),
  'withdrawal-not-found': type(404, 'There is no such withdrawal', 'No withdrawal has this id.'),
  'hold-not-found': type(404, 'There is no such hold', 'No hold has this id.'),
  'transfer-not-found': type(404, 'There is no such transfer', 'No transfer has this id.'),
  'dead-letter-not-found': type(404, 'There is no such dead letter', 'No dead letter, or no group of them, has this id.'),
  'replay-not-found': type(404, 'There is no such replay', 'No replay has this id.'),
  'timeline-not-found': type(
    404,
    'Nothing is known about this',
    'No event was published about this id, or it was so long ago that it is forgotten.',
  ),
  'refund-not-found': type(404, 'There is no such refund', 'No refund has this id.'),
  'method-not-allowed': type(405, 'The method is not allowed here', 'The `Allow` header lists what is.'),
  'not-acceptable': type(406, 'The answer cannot be given in that form', 'Answers are JSON in UTF-8.'),
  'request-timeout': type(
    408,
    'The request took too long to arrive',
    'The whole request must arrive within the time limit. Send it again.',
    true,
  ),
  conflict: type(409, 'The state of the resource does not allow this', 'Read the resource: it has moved on.'),
  'number-taken': type(409, 'The account number is taken', 'Account numbers are unique. Choose another one, or leave it out.'),
  'idempotency-in-progress': type(
    409,
    'The first request with this key is still being worked on',
    'Repeat the same request after the time in `Retry-After`; it will get the first one’s answer.',
    true,
  ),
  'duplicate-reference': type(409, 'The reference has been used', '`existing_id` names the resource that has it.'),
  'precondition-failed': type(412, 'The resource has changed', 'The `If-Match` value is not the current one. Read the resource again.'),
  'payload-too-large': type(413, 'The body is too large', 'Bodies may have 64 KiB, bulk requests 1 MiB.'),
  'uri-too-long': type(414, 'The address is too long', 'A part of the path is longer than any id.'),
  'unsupported-media-type': type(
    415,
    'The body must be application/json',
    'Send `Content-Type: application/json` in UTF-8, without a `Content-Encoding`.',
  ),
  'expectation-failed': type(417, 'The expectation cannot be met', 'The only `Expect` that has a meaning here is `100-continue`.'),
  'unprocessable-request': type(422, 'The request cannot be carried out', 'It is well formed and makes no sense as it stands.'),
  'idempotency-key-reused': type(
    422,
    'The key belongs to another request',
    'The same Idempotency-Key came with another body. Use a new key for a new operation.',
  ),
  'amount-not-payable': type(
    422,
    'The machine cannot pay out this amount',
    'The amount must be a multiple of the machine’s smallest note. Nothing was set apart.',
  ),
  'insufficient-funds': type(422, 'There is not enough money', 'The available balance is smaller than the amount.'),
  'account-frozen': type(422, 'The account is frozen', 'Nothing moves on a frozen account.'),
  'currency-mismatch': type(422, 'The currencies differ', 'The amount’s currency must be the account’s.'),
  'limit-exceeded': type(422, 'A limit would be exceeded', 'The amount is above what is allowed for this account.'),
  expired: type(422, 'The request has expired', 'It was not carried out before `expires_at`.'),
  'same-account': type(422, 'Both accounts are the same', 'Money moves between two different accounts.'),
  'rule-refused': type(422, 'A rule refused this', 'One of the bank’s rules does not allow this operation.'),
  'refund-exceeds-payment': type(
    422,
    'The refunds would exceed the payment',
    'The sum of all refunds cannot be more than the amount of the transfer.',
  ),
  'not-refundable': type(
    422,
    'This cannot be refunded',
    'Only a completed transfer can: a refund cannot be refunded, and what has failed has moved no money.',
  ),
  'precondition-required': type(428, 'An If-Match header is needed', 'Send the `ETag` you have read.'),
  'too-many-requests': type(429, 'Too many requests', 'Wait for the time in `Retry-After`.', true),
  'headers-too-large': type(431, 'The headers are too large', 'All headers together may have 16 KiB.'),
  'internal-error': type(
    500,
    'Something went wrong here',
    'It has been logged under `request_id`. A repeated request with the same Idempotency-Key is safe.',
    true,
  ),
  'queue-full': type(
    503,
    'Too much is waiting already',
    'Nothing was stored. Repeat the same request after the time in `Retry-After`.',
    true,
  ),
  'service-unavailable': type(
    503,
    'The service cannot take this right now',
    'Repeat the same request after the time in `Retry-After`.',
    true,
  ),
});

export type ProblemCode = keyof typeof PROBLEM_TYPES;

/** The type for a status that came without a code, from a framework. */
export function problemCodeOf(status: number): ProblemCode {
  const byStatus: Record<number, ProblemCode> = {
    400: 'malformed-request',
    401: 'unauthorized',
    403: 'forbidden',
    404: 'not-found',
    405: 'method-not-allowed',
    406: 'not-acceptable',
    408: 'request-timeout',
    409: 'conflict',
    412: 'precondition-failed',
    413: 'payload-too-large',
    414: 'uri-too-long',
    415: 'unsupported-media-type',
    417: 'expectation-failed',
    422: 'unprocessable-request',
    428: 'precondition-required',
    429: 'too-many-requests',
    431: 'headers-too-large',
    503: 'service-unavailable',
  };
  return byStatus[status] ?? (status >= 500 ? 'internal-error' : 'malformed-request');
}
