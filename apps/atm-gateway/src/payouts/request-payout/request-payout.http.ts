import { Body, Controller, Post, Req } from '@nestjs/common';
import { IsOptional } from 'class-validator';
import { DataSource } from 'typeorm';
import type { Answer } from '@falconpay/http/answer';
import { IsAccountReference, IsMoney, MoneyDto, moneyOf } from '@falconpay/http/body-fields';
import { Documented } from '@falconpay/http/endpoint-docs';
import { waitSecondsOf } from '@falconpay/http/prefer-wait';
import { Problem } from '@falconpay/http/problem';
import type { HttpRequest } from '@falconpay/http/request-identity';
import { clientOf, requestProblems, Requests } from '@falconpay/service/requests';
import type { GatewayRows } from '../../gateway-rows.js';
import { OrderWatch } from '../../orders/order-watch.js';
import { IsPartnerId } from '../../outside/partner-body.js';
import { firstPartner } from '../../outside/partner-list.js';
import { electronicIban } from '../iban.js';
import { IsBic, IsIban, IsSepaReference } from '../payout-body.js';
import { PayoutDoor } from '../payout-door.timer.js';
import { PayoutLimits } from '../payout-limits.js';
import { payoutSchema } from '../payout-schema.js';
import { queueFull, requestPayout } from './request-payout.js';

export class PayoutBody {
  @IsAccountReference()
  account!: string;

  @IsMoney()
  amount!: MoneyDto;

  @IsIban()
  iban!: string;

  @IsOptional()
  @IsBic()
  bic?: string;

  @IsOptional()
  @IsPartnerId()
  bank?: string;

  @IsOptional()
  @IsSepaReference()
  reference?: string;
}

@Controller('v1/payouts')
export class RequestPayoutController {
  constructor(
    private readonly requests: Requests<GatewayRows>,
    private readonly watch: OrderWatch,
    private readonly limits: PayoutLimits,
    private readonly door: PayoutDoor,
    private readonly source: DataSource,
  ) {}

  @Documented({
    summary: 'Pay out to a bank account',
    description:
      'The money is set apart, and `bank` is told once (without it the one that was made known first). When nobody knows what became of it, the money stays set apart until it is found out. Where too many wait already, nothing is stored.',
    answers: {
      202: { description: 'Accepted', schema: payoutSchema },
      200: { description: 'With `Prefer: wait`: it has ended', schema: payoutSchema },
    },
    problems: [...requestProblems, 'bank-not-found', 'queue-full'],
    idempotencyKey: 'required',
    preferWait: true,
  })
  @Post()
  async request(@Body() body: PayoutBody, @Req() request: HttpRequest): Promise<Answer> {
    const waitSeconds = waitSecondsOf(request.headers['prefer']) ?? 0;
    const bank = body.bank ?? (await firstPartner(this.source, 'bank'));
    if (bank === undefined) throw new Problem('bank-not-found', 'No bank is known yet.');
    const beneficiary = { iban: electronicIban(body.iban), bic: body.bic, reference: body.reference };
    const message = { account: body.account, amount: moneyOf(body.amount), bank, beneficiary };
    const answer = this.door.turnsAway(bank)
      ? this.requests.turnAway(request, queueFull)
      : this.door.through(this.requests.run(request, requestPayout, { ...message, client: clientOf(request), limits: this.limits }));
    return this.watch.orderAtTheEnd(await answer, waitSeconds);
  }
}
