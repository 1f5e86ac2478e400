import { Body, Controller, Param, Put, Req } from '@nestjs/common';
import type { Answer } from '@falconpay/http/answer';
import { Documented } from '@falconpay/http/endpoint-docs';
import type { HttpRequest } from '@falconpay/http/request-identity';
import { Requests } from '@falconpay/service/requests';
import type { GatewayRows } from '../../gateway-rows.js';
import { PartnerAddress, PartnerId } from '../../outside/partner-body.js';
import { partnerSchema } from '../../outside/partner-view.js';
import { putBank } from './put-bank.js';

@Controller('v1/banks')
export class PutBankController {
  constructor(private readonly requests: Requests<GatewayRows>) {}

  @Documented({
    summary: 'Make a bank known',
    description: 'It speaks the bank’s protocol at `url`. What is under way there goes on at the new address.',
    answers: { 200: { description: 'Known', schema: partnerSchema } },
    problems: ['malformed-json', 'validation-failed', 'payload-too-large', 'unsupported-media-type', 'bank-not-found'],
  })
  @Put(':id')
  put(
    @Param('id', new PartnerId('bank-not-found')) id: string,
    @Body() { url }: PartnerAddress,
    @Req() request: HttpRequest,
  ): Promise<Answer> {
    return this.requests.run(request, putBank, { id, url }, 'optional');
  }
}
