import type { HttpRequest } from '@falconpay/http/request-identity';
import { clientOf } from '@falconpay/service/requests';

/** Who says to be acting, beside the client that is known: the command line sends the name of whoever runs it. */
const operatorHeader = 'x-operator';
const named = /^[\x21-\x7e]{1,64}$/;

/** For the record of what people did. A name is what somebody says of themselves: it stands behind the client that is known. */
export function operatorOf(request: HttpRequest): string {
  const name = request.headers[operatorHeader];
  return typeof name === 'string' && named.test(name) ? `${clientOf(request)}/${name}` : clientOf(request);
}
