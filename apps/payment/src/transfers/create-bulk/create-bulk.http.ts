import { Body, Controller, HttpCode, Post, Req } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { IsOptional } from 'class-validator';
import type { Answer } from '@falconpay/http/answer';
import { field } from '@falconpay/http/body-fields';
import { Documented } from '@falconpay/http/endpoint-docs';
import { BULK_BODY_LIMIT } from '@falconpay/http/fastify-server';
import type { FieldError } from '@falconpay/http/problem';
import type { HttpRequest } from '@falconpay/http/request-identity';
import { validateBody, validationProblem } from '@falconpay/http/validate-body';
import { clientOf, requestProblems, Requests } from '@falconpay/service/requests';
import type { PaymentRows } from '../../payment-rows.js';
import { isFieldError, orderOf, TransferBody } from '../transfer-body.js';
import type { TransferOrder } from '../transfer.js';
import { createBulk, type RefusedItem } from './create-bulk.js';

const itemsMax = 1_000;

const IsListOfTransfers = field({
  name: 'isListOfTransfers',
  message: `must be a list of 1 to ${itemsMax} transfers`,
  schema: { type: 'array', minItems: 1, maxItems: itemsMax, items: { type: 'object' } },
  test: (value) => Array.isArray(value) && value.length >= 1 && value.length <= itemsMax,
});

const IsYesOrNo = field({
  name: 'isYesOrNo',
  message: 'must be true or false',
  schema: { type: 'boolean' },
  test: (value) => typeof value === 'boolean',
});

export class BulkBody {
  /** Checked one by one: a bad one is that item's error, not the request's. */
  @IsListOfTransfers()
  transfers!: unknown[];

  @IsOptional()
  @IsYesOrNo()
  atomic?: boolean;
}

@Controller('v1/transfers')
export class CreateBulkController {
  constructor(private readonly requests: Requests<PaymentRows>) {}

  @Documented({
    summary: 'Move money up to 1,000 times',
    description:
      'Each item has its own answer, in the order sent. With `atomic`, all are accepted or none, and the wallet posts all of them or none.',
    answers: {
      202: {
        description: 'An id and status, or an error, per item',
        schema: {
          type: 'object',
          properties: {
            id: { type: 'string' },
            atomic: { type: 'boolean' },
            transfers: {
              type: 'array',
              items: { type: 'object', properties: { id: { type: 'string' }, status: { type: 'string' }, error: { type: 'object' } } },
            },
          },
          required: ['id', 'atomic', 'transfers'],
        },
      },
    },
    problems: [...requestProblems, 'duplicate-reference'],
    idempotencyKey: 'required',
  })
  @Post('bulk')
  @HttpCode(202)
  @RouteConfig({ bodyLimit: BULK_BODY_LIMIT })
  create(@Body() body: BulkBody, @Req() request: HttpRequest): Promise<Answer> {
    const atomic = body.atomic ?? false;
    const items = body.transfers.map(itemOf);
    if (atomic) refuseWhenAnyIsBad(items);
    return this.requests.run(request, createBulk, { client: clientOf(request), atomic, items });
  }
}

function itemOf(plain: unknown, index: number): TransferOrder | RefusedItem {
  const result = validateBody(TransferBody, plain);
  if ('errors' in result) return refused(index, result.errors);
  const order = orderOf(result.dto);
  return isFieldError(order) ? refused(index, [order]) : order;
}

const refused = (index: number, errors: readonly FieldError[]): RefusedItem => ({
  code: 'validation-failed',
  detail: errors.map(({ pointer, detail }) => `${pointer} ${detail}`.trim()).join('; '),
  errors: errors.map(({ pointer, detail }) => ({ pointer: `/transfers/${index}${pointer}`, detail })),
});

function refuseWhenAnyIsBad(items: readonly (TransferOrder | RefusedItem)[]): void {
  const errors = items.flatMap((item) => ('code' in item ? (item.errors ?? []) : []));
  if (errors.length > 0) throw validationProblem(errors, 'The bulk is atomic, and not every transfer in it is valid');
}
