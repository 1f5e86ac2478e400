import { Answer } from '@falconpay/http/answer';
import { Problem } from '@falconpay/http/problem';
import type { HttpRequest } from '@falconpay/http/request-identity';
import type { Outcome } from '../desk/partner-desk.js';
import { RECORD_TYPE } from '../records/daily-record.js';

/** Answers as the partner does, which may be not at all. */
export async function deliver(request: HttpRequest, outcome: Promise<Outcome>): Promise<Answer> {
  const known = await outcome;
  if (known === 'conflict') throw new Problem('conflict', 'This id belongs to an order about another amount.');
  if (known === 'never-heard') throw new Problem('not-found', 'Never heard of it.');
  const { delivery, body } = known;
  const { socket } = request.raw;
  if (delivery === 'none') return never();
  if (delivery === 'cut') {
    socket.destroy();
    return never();
  }
  if (delivery === 'error') return new Answer(503, { outcome: 'out of order' });
  if (typeof body === 'string') return new Answer(200, body, { 'content-type': RECORD_TYPE });
  const text = JSON.stringify(body);
  if (delivery === 'garbled') return new Answer(200, text.slice(0, Math.ceil(text.length / 2)));
  if (delivery === 'twice') {
    const again = `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(text)}\r\n\r\n${text}`;
    // After the first answer has left: on a connection that is kept, it stands where the next answer would.
    setImmediate(() => setImmediate(() => socket.write(again)));
  }
  return new Answer(200, text);
}

/** Ends with the connection: nothing holds on to it. */
const never = (): Promise<never> => new Promise(() => undefined);
