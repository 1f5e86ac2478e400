import { Body, Controller, Param, Put, Req } from '@nestjs/common';
import type { Answer } from '@falconpay/http/answer';
import { Documented } from '@falconpay/http/endpoint-docs';
import type { HttpRequest } from '@falconpay/http/request-identity';
import { requestProblems, Requests } from '@falconpay/service/requests';
import type { WalletRows } from '../../wallet-rows.js';
import { BusinessZone } from '../business-zone.js';
import { ClientName } from '../client-name.pipe.js';
import { ClientLimitsBody, limitsOf } from '../limits-body.js';
import { clientLimitsSchema } from '../limits-view.js';
import { setClientLimits } from './set-client-limits.js';

@Controller('v1/clients')
export class SetClientLimitsController {
  constructor(
    private readonly requests: Requests<WalletRows>,
    private readonly zone: BusinessZone,
  ) {}

  @Documented({
    summary: 'Limit what a client may move',
    description:
      'From whichever accounts, on top of their own limits. Amounts are limited per currency; a currency that is not named is limited by `currencies` and `velocity` only. `new_account` limits what is moved at once on accounts that were opened lately. Those of the client `cards` hold for each card by itself, for what it brings.',
    answers: { 200: { description: 'In force from the next decision on', schema: clientLimitsSchema } },
    problems: [...requestProblems, 'not-found'],
    idempotencyKey: 'optional',
  })
  @Put(':client/limits')
  set(@Param('client', new ClientName()) client: string, @Body() body: ClientLimitsBody, @Req() request: HttpRequest): Promise<Answer> {
    return this.requests.run(request, setClientLimits, { client, limits: limitsOf(body, this.zone.name) }, 'optional');
  }
}
