import type { Tables } from '@falconpay/pipeline/table';
import { defineUseCase } from '@falconpay/pipeline/use-case';
import type { AuditEntry, AuditHead } from './audit/audit-entry.js';
import { auditEntriesTable, auditHeadTable } from './audit/audit.table.js';
import type { DeadLetter } from './dead-letters/dead-letter.js';
import { deadLettersTable } from './dead-letters/dead-letter.table.js';
import type { FailureGroup } from './dead-letters/failure-group.js';
import { failureGroupsTable } from './dead-letters/failure-group.table.js';
import type { ReplayItem } from './replays/replay-item.js';
import { replayItemsTable } from './replays/replay-item.table.js';
import type { Replay } from './replays/replay.js';
import { replaysTable } from './replays/replay.table.js';
import type { SagaMark } from './timelines/open-saga.js';
import { openSagasTable } from './timelines/open-saga.table.js';
import type { TimelineEvent } from './timelines/timeline-event.js';
import { timelineEventsTable } from './timelines/timeline-event.table.js';

/** Every kind of row the back office's use cases can ask for or put. */
export type BackofficeRows = {
  replays: Replay;
  replayItems: ReplayItem;
  deadLetters: DeadLetter;
  failureGroups: FailureGroup;
  timelineEvents: TimelineEvent;
  openSagas: SagaMark;
  auditHead: AuditHead;
  auditEntries: AuditEntry;
};

/** In the order in which they are locked and written. */
export const backofficeTables: Tables<BackofficeRows> = {
  replays: replaysTable,
  replayItems: replayItemsTable,
  deadLetters: deadLettersTable,
  failureGroups: failureGroupsTable,
  timelineEvents: timelineEventsTable,
  openSagas: openSagasTable,
  auditHead: auditHeadTable,
  auditEntries: auditEntriesTable,
};

export const backofficeUseCase = defineUseCase<BackofficeRows>();
