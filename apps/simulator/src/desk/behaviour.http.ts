import { Body, Controller, Get, Param, Put, type PipeTransform } from '@nestjs/common';
import { Type } from 'class-transformer';
import { ArrayMaxSize, IsArray, ValidateNested } from 'class-validator';
import { Documented } from '@falconpay/http/endpoint-docs';
import { Problem } from '@falconpay/http/problem';
import { validationProblem } from '@falconpay/http/validate-body';
import type { Kind } from '../partners/words.js';
import { PathId } from '../protocols/protocol-body.js';
import { BehaviourBody, CassetteDto, settingsOf } from './behaviour-body.js';
import { Desk } from './partner-desk.js';
import { partnerSchema, partnerView } from './partner-view.js';

const KINDS: readonly string[] = ['atms', 'banks', 'institutions'] satisfies Kind[];

class PathKind implements PipeTransform<string, Kind> {
  transform(kind: string): Kind {
    if (KINDS.includes(kind)) return kind as Kind;
    throw new Problem('not-found', 'There are atms, banks and institutions.');
  }
}

class CassettesBody {
  @IsArray()
  @ArrayMaxSize(20)
  @ValidateNested({ each: true })
  @Type(() => CassetteDto)
  cassettes!: CassetteDto[];
}

/** Where a test, a demo or a load says how the outside world is to behave, and looks at it. */
@Controller('v1')
export class BehaviourController {
  constructor(private readonly desk: Desk) {}

  @Documented({
    summary: 'All machines, banks or institutions',
    description: 'Those that have been told or asked something; any id is one that could be.',
    answers: {
      200: {
        description: 'Without pages: a simulator has few',
        schema: { type: 'object', properties: { data: { type: 'array', items: partnerSchema } } },
      },
    },
    problems: ['not-found'],
  })
  @Get(':kind')
  list(@Param('kind', new PathKind()) kind: Kind) {
    return { data: this.desk.all(kind).map(partnerView) };
  }

  @Documented({
    summary: 'One machine, bank or institution',
    answers: { 200: { description: 'As it is now', schema: partnerSchema } },
    problems: ['not-found'],
  })
  @Get(':kind/:id')
  get(@Param('kind', new PathKind()) kind: Kind, @Param('id', new PathId()) id: string) {
    return partnerView(this.desk.partner(kind, id));
  }

  @Documented({
    summary: 'Say how it behaves from now on',
    description:
      'Each of `next` is for one command; `then`, or by chance one of `rates`, for all that follow. Replaces what was said before.',
    answers: { 200: { description: 'It will', schema: partnerSchema } },
    problems: ['malformed-json', 'validation-failed', 'payload-too-large', 'unsupported-media-type', 'not-found'],
  })
  @Put(':kind/:id/behaviour')
  async behave(@Param('kind', new PathKind()) kind: Kind, @Param('id', new PathId()) id: string, @Body() body: BehaviourBody) {
    const settings = settingsOf(body, kind);
    if ('pointer' in settings) throw validationProblem([settings], 'The body is not valid');
    const partner = this.desk.partner(kind, id);
    await this.desk.behave(partner, settings);
    return partnerView(partner);
  }

  @Documented({
    summary: 'Fill a machine’s cassettes',
    description:
      'In place of what is in them. A machine that nobody filled has plenty of all notes and coins of the first currency it is asked for.',
    answers: { 200: { description: 'Filled', schema: partnerSchema } },
    problems: ['malformed-json', 'validation-failed', 'payload-too-large', 'unsupported-media-type', 'not-found'],
  })
  @Put('atms/:id/cassettes')
  async fill(@Param('id', new PathId()) id: string, @Body() { cassettes }: CassettesBody) {
    const machine = this.desk.partner('atms', id);
    await this.desk.fill(
      machine,
      cassettes.map(({ note, currency, count }) => ({ note, currency, count })),
    );
    return partnerView(machine);
  }
}
