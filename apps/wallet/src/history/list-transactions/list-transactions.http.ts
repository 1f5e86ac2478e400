import { Readable } from 'node:stream';
import { Controller, Get, Param, Query, Req } from '@nestjs/common';
import { IsOptional } from 'class-validator';
import { DataSource } from 'typeorm';
import { Answer } from '@falconpay/http/answer';
import { field, IsInstant, IsReference } from '@falconpay/http/body-fields';
import { Cursors, pageLimitOf, PageQuery, type CursorPosition } from '@falconpay/http/cursor';
import { Documented, pageSchema } from '@falconpay/http/endpoint-docs';
import type { HttpRequest } from '@falconpay/http/request-identity';
import { AccountReference } from '@falconpay/http/resource-id';
import { validationProblem } from '@falconpay/http/validate-body';
import { clientOf } from '@falconpay/service/requests';
import { readAccount } from '../../accounts/read-account.js';
import type { TransactionType } from '../../ledger/ledger.js';
import { clockOf, untilSettled } from '../../ledger/settled-past.js';
import { currencyOfSystemAccount } from '../../ledger/system-accounts.js';
import { historyQuery, positionOf, readHistory, wholeHistory, type HistoryFilter, type HistoryPosition } from '../history.query.js';
import { formatAskedFor, historyFormats, linesIn, type HistoryFormat } from '../history-formats.js';
import { transactionSchema, transactionTypes, transactionView } from '../transaction-view.js';

const IsTransactionType = field({
  name: 'isTransactionType',
  message: `must be one of ${transactionTypes.join(', ')}`,
  schema: { enum: transactionTypes },
  test: (value) => transactionTypes.includes(value as TransactionType),
});

const IsHistoryFormat = field({
  name: 'isHistoryFormat',
  message: `must be one of ${historyFormats.join(', ')}`,
  schema: { enum: [...historyFormats] },
  test: (value) => (historyFormats as readonly unknown[]).includes(value),
});

export class TransactionsQuery extends PageQuery {
  @IsOptional()
  @IsTransactionType()
  type?: TransactionType;

  @IsOptional()
  @IsReference()
  reference?: string;

  @IsOptional()
  @IsInstant()
  from?: string;

  @IsOptional()
  @IsInstant()
  to?: string;

  @IsOptional()
  @IsHistoryFormat()
  format?: (typeof historyFormats)[number];
}

@Controller('v1/accounts')
export class ListTransactionsController {
  constructor(
    private readonly source: DataSource,
    private readonly cursors: Cursors,
  ) {}

  @Documented({
    summary: 'What happened on an account, newest first',
    description:
      'From `from` on and before `to`. With `Accept: text/csv` or `application/jsonl`, or with `format`, the whole of it is sent line by line, without pages. In CSV a reference that a spreadsheet would take for a formula begins with an apostrophe.',
    answers: {
      200: {
        description: 'A page, or all of it as lines',
        schema: pageSchema(transactionSchema),
        alsoAs: { 'text/csv': { type: 'string' }, 'application/jsonl': transactionSchema },
      },
    },
    problems: ['account-not-found', 'validation-failed', 'invalid-cursor'],
  })
  @Get(':account/transactions')
  async list(
    @Param('account', new AccountReference()) key: string,
    @Query() query: TransactionsQuery,
    @Req() request: HttpRequest,
  ): Promise<Answer> {
    const { limit: _limit, cursor: _cursor, format: asked, ...filter } = query;
    const format = formatAskedFor(asked, request.headers.accept);
    if (format) refusePages(query);
    const account = currencyOfSystemAccount(key) ? key : (await readAccount(this.source, key)).account.id;
    if (format) return this.streamed(account, await this.settled(account, filter), format, request.method === 'HEAD');
    return new Answer(200, await this.page(account, filter, query, clientOf(request)));
  }

  private async page(account: string, filter: HistoryFilter, query: TransactionsQuery, client: string) {
    const scope = { list: `transactions of ${account}`, client, filters: { ...filter } };
    const limit = pageLimitOf(query);
    const below = query.cursor === undefined ? undefined : positionIn(this.cursors.decode(query.cursor, scope));
    // Below a position all is settled.
    const reached = below ? filter : await this.settled(account, filter);
    const records = await readHistory(this.source, historyQuery(account, reached, below, limit + 1));
    const page = this.cursors.page(records, limit, scope, positionOf);
    return { ...page, data: page.data.map(transactionView) };
  }

  /**
   * The filter, once nothing can come any more where it ends, unless that is in the future. What happens on a system account is written
   * side by side: even its newest lines have to be waited for.
   */
  private async settled(account: string, filter: HistoryFilter): Promise<HistoryFilter> {
    const isOfSystem = currencyOfSystemAccount(account) !== undefined;
    if (filter.to === undefined && !isOfSystem) return filter;
    const now = await clockOf(this.source);
    const isOpen = filter.to === undefined || new Date(filter.to) > now;
    if (isOpen && !isOfSystem) return filter;
    const reached = isOpen ? { ...filter, to: now.toISOString() } : filter;
    await untilSettled(this.source, new Date(reached.to ?? now));
    return reached;
  }

  private streamed(account: string, filter: HistoryFilter, format: HistoryFormat, headersOnly: boolean): Answer {
    const headers = {
      'content-type': format.mediaType,
      'content-disposition': `attachment; filename="transactions-${account}.${format.extension}"`,
      vary: 'accept',
    };
    return new Answer(200, headersOnly ? '' : Readable.from(linesIn(format, wholeHistory(this.source, account, filter))), headers);
  }
}

function refusePages(query: TransactionsQuery): void {
  const errors = (['limit', 'cursor'] as const).filter((name) => query[name] !== undefined);
  if (errors.length === 0) return;
  throw validationProblem(
    errors.map((pointer) => ({ pointer, detail: 'is for pages: lines are sent all at once' })),
    'A query parameter is not valid',
  );
}

const positionIn = ([time, id]: CursorPosition): HistoryPosition => [String(time), String(id)];
