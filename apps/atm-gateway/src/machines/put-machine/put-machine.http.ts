import { Body, Controller, Param, Put, Req } from '@nestjs/common';
import type { Answer } from '@falconpay/http/answer';
import { IsCurrencyCode, IsMinorUnits } from '@falconpay/http/body-fields';
import { Documented } from '@falconpay/http/endpoint-docs';
import type { HttpRequest } from '@falconpay/http/request-identity';
import { currency } from '@falconpay/money/currency';
import { Requests } from '@falconpay/service/requests';
import type { GatewayRows } from '../../gateway-rows.js';
import { IsPartnerUrl, PartnerId } from '../../outside/partner-body.js';
import { machineSchema } from '../machine-view.js';
import { putMachine } from './put-machine.js';

export class MachineBody {
  @IsPartnerUrl()
  url!: string;

  @IsCurrencyCode()
  currency!: string;

  @IsMinorUnits()
  smallest_note!: number;
}

@Controller('v1/atms')
export class PutMachineController {
  constructor(private readonly requests: Requests<GatewayRows>) {}

  @Documented({
    summary: 'Make a cash machine known',
    description: 'It speaks the machine’s protocol at `url`. What is under way there goes on at the new address.',
    answers: { 200: { description: 'Known', schema: machineSchema } },
    problems: ['malformed-json', 'validation-failed', 'payload-too-large', 'unsupported-media-type', 'atm-not-found'],
  })
  @Put(':id')
  put(@Param('id', new PartnerId('atm-not-found')) id: string, @Body() body: MachineBody, @Req() request: HttpRequest): Promise<Answer> {
    const machine = { id, url: body.url, currency: currency(body.currency), smallestNote: BigInt(body.smallest_note) };
    return this.requests.run(request, putMachine, machine, 'optional');
  }
}
