import { Body, Controller, Post, Req } from '@nestjs/common';
import type { Answer } from '@falconpay/http/answer';
import { IsAccountReference, IsMoney, IsNested, MoneyDto, moneyOf } from '@falconpay/http/body-fields';
import { Documented } from '@falconpay/http/endpoint-docs';
import { waitSecondsOf } from '@falconpay/http/prefer-wait';
import type { HttpRequest } from '@falconpay/http/request-identity';
import { clientOf, requestProblems, Requests } from '@falconpay/service/requests';
import type { GatewayRows } from '../../gateway-rows.js';
import { OrderWatch } from '../../orders/order-watch.js';
import { IsPartnerId } from '../../outside/partner-body.js';
import { CardTokens } from '../card-tokens.js';
import { CardDto } from '../redemption-body.js';
import { RedemptionLimits } from '../redemption-limits.js';
import { redemptionSchema } from '../redemption-schema.js';
import { RedemptionSender } from '../redemption-sender.js';
import { requestRedemption } from './request-redemption.js';

export class RedemptionBody {
  @IsAccountReference()
  account!: string;

  @IsMoney()
  amount!: MoneyDto;

  @IsPartnerId()
  institution!: string;

  @IsNested(() => CardDto)
  card!: CardDto;
}

@Controller('v1/redemptions')
export class RequestRedemptionController {
  constructor(
    private readonly requests: Requests<GatewayRows>,
    private readonly watch: OrderWatch,
    private readonly tokens: CardTokens,
    private readonly sender: RedemptionSender,
    private readonly limits: RedemptionLimits,
  ) {}

  @Documented({
    summary: 'Redeem a card of another institution',
    description:
      'The card is charged there, then the account is credited; whatever is in doubt is taken back. Number and PIN are in memory for the one call and are kept nowhere.',
    answers: {
      202: { description: 'Accepted', schema: redemptionSchema },
      200: { description: 'With `Prefer: wait`: it has ended', schema: redemptionSchema },
    },
    problems: [...requestProblems, 'institution-not-found'],
    idempotencyKey: 'required',
    preferWait: true,
  })
  @Post()
  async request(@Body() body: RedemptionBody, @Req() request: HttpRequest): Promise<Answer> {
    const waitSeconds = waitSecondsOf(request.headers['prefer']) ?? 0;
    const { account, institution } = body;
    const card = { number: body.card.number, pin: body.card.pin };
    const message = {
      ...{ client: clientOf(request), account, amount: moneyOf(body.amount), institution, cardToken: this.tokens.tokenOf(card) },
      answerWithinMs: this.limits.answerWithinMs,
    };
    // The stored fingerprint is of this: a hash of the card itself could be guessed.
    const fingerprinted = { account, amount: { ...body.amount }, institution, card: this.tokens.fingerprintOf(card) };
    const accepted = await this.requests.run(request, requestRedemption, message, 'required', fingerprinted);
    if (accepted.status === 202) this.sender.send((JSON.parse(accepted.body) as { id: string }).id, institution, card);
    return this.watch.orderAtTheEnd(accepted, waitSeconds);
  }
}
