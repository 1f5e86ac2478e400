import { Body, Controller, Param, Post, Req } from '@nestjs/common';
import type { Answer } from '@falconpay/http/answer';
import { IsReason } from '@falconpay/http/body-fields';
import { Documented } from '@falconpay/http/endpoint-docs';
import type { HttpRequest } from '@falconpay/http/request-identity';
import { ResourceId } from '@falconpay/http/resource-id';
import { requestProblems, Requests } from '@falconpay/service/requests';
import { AnyId } from '../../any-id.pipe.js';
import type { BackofficeRows } from '../../backoffice-rows.js';
import { operatorOf } from '../../operator.js';
import { addNote, type NoteOn } from './add-note.js';

export class NoteBody {
  @IsReason()
  note!: string;
}

const noteSchema = {
  type: 'object',
  properties: { at: { type: 'string', format: 'date-time' }, who: { type: 'string' }, on: { type: 'string' }, note: { type: 'string' } },
  required: ['at', 'who', 'on', 'note'],
};
const documentation = {
  answers: { 201: { description: 'Kept, for ever', schema: noteSchema } },
  problems: [...requestProblems, 'dead-letter-not-found' as const],
  idempotencyKey: 'optional' as const,
};

@Controller('v1/dead-letters')
export class AddNoteController {
  constructor(private readonly requests: Requests<BackofficeRows>) {}

  @Documented({ summary: 'Note something beside a dead letter', ...documentation })
  @Post(':id/notes')
  onLetter(
    @Param('id', new ResourceId('dlt', 'dead-letter-not-found')) letter: string,
    @Body() { note }: NoteBody,
    @Req() request: HttpRequest,
  ): Promise<Answer> {
    return this.note(request, { letter }, note);
  }

  @Documented({ summary: 'Note something beside a kind of failure', ...documentation })
  @Post('groups/:fingerprint/notes')
  onGroup(
    @Param('fingerprint', new AnyId('dead-letter-not-found')) fingerprint: string,
    @Body() { note }: NoteBody,
    @Req() request: HttpRequest,
  ): Promise<Answer> {
    return this.note(request, { fingerprint }, note);
  }

  private note(request: HttpRequest, on: NoteOn, note: string): Promise<Answer> {
    return this.requests.run(request, addNote, { on, note, who: operatorOf(request) }, 'optional');
  }
}
