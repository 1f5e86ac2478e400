import { Body, Controller, Param, Put, Req } from '@nestjs/common';
import type { Answer } from '@falconpay/http/answer';
import { Documented } from '@falconpay/http/endpoint-docs';
import type { HttpRequest } from '@falconpay/http/request-identity';
import { Requests } from '@falconpay/service/requests';
import type { GatewayRows } from '../../gateway-rows.js';
import { PartnerAddress, PartnerId } from '../../outside/partner-body.js';
import { partnerSchema } from '../../outside/partner-view.js';
import { putInstitution } from './put-institution.js';

@Controller('v1/institutions')
export class PutInstitutionController {
  constructor(private readonly requests: Requests<GatewayRows>) {}

  @Documented({
    summary: 'Make an institution known',
    description: 'It speaks the institution’s protocol at `url`. What is under way there goes on at the new address.',
    answers: { 200: { description: 'Known', schema: partnerSchema } },
    problems: ['malformed-json', 'validation-failed', 'payload-too-large', 'unsupported-media-type', 'institution-not-found'],
  })
  @Put(':id')
  put(
    @Param('id', new PartnerId('institution-not-found')) id: string,
    @Body() { url }: PartnerAddress,
    @Req() request: HttpRequest,
  ): Promise<Answer> {
    return this.requests.run(request, putInstitution, { id, url }, 'optional');
  }
}
