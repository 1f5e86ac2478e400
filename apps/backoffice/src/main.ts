import { consumerGroup, topics } from '@falconpay/contracts/choreography';
import { runService } from '@falconpay/service/run-service';
import { readConfigOrExit } from '@falconpay/telemetry/configuration';
import { ListAuditController } from './audit/list-audit/list-audit.http.js';
import { VerifyAuditController } from './audit/verify-audit/verify-audit.http.js';
import { BackofficeIntake } from './backoffice-intake.js';
import { backofficeTables } from './backoffice-rows.js';
import { settings } from './config.js';
import { AddNoteController } from './dead-letters/add-note/add-note.http.js';
import { ArchiveDeadLetterController } from './dead-letters/archive-dead-letter/archive-dead-letter.http.js';
import { CountDeadLettersController } from './dead-letters/count-dead-letters/count-dead-letters.http.js';
import { DiscardDeadLetterController } from './dead-letters/discard-dead-letter/discard-dead-letter.http.js';
import { EditDeadLetterController } from './dead-letters/edit-dead-letter/edit-dead-letter.http.js';
import { GetDeadLetterController } from './dead-letters/get-dead-letter/get-dead-letter.http.js';
import { ListDeadLettersController } from './dead-letters/list-dead-letters/list-dead-letters.http.js';
import { ListGroupsController } from './dead-letters/list-groups/list-groups.http.js';
import { CreateBackoffice1764460800000 } from './migrations/1764460800000-create-backoffice.js';
import { FindLettersByEvent1764806400000 } from './migrations/1764806400000-find-letters-by-event.js';
import { TellWhy1764892800000 } from './migrations/1764892800000-tell-why.js';
import { observeDeadLetters } from './observe-dead-letters.js';
import { Patience } from './patience.js';
import { ControlReplayController } from './replays/control-replay/control-replay.http.js';
import { CreateReplayController } from './replays/create-replay/create-replay.http.js';
import { GetReplayController } from './replays/get-replay/get-replay.http.js';
import { InboxLookups } from './replays/inbox-lookups.http.js';
import { ListReplaysController } from './replays/list-replays/list-replays.http.js';
import { runReplaysBy } from './replays/run-replays.timer.js';
import { serviceUrls } from './service-urls.js';
import { GetTimelineController } from './timelines/get-timeline/get-timeline.http.js';
import { keepTimelines } from './timelines/keep-timelines.timer.js';
import { ListStuckController } from './timelines/list-stuck/list-stuck.http.js';
import { sweepOpenSagasBy } from './timelines/sweep-open-sagas/sweep-open-sagas.timer.js';

const configuration = readConfigOrExit(settings);
const overdueAfter = { serviceMs: configuration.BACKOFFICE_OVERDUE_AFTER_MS, outsideMs: configuration.BACKOFFICE_OVERDUE_OUTSIDE_MS };
const urlOf = serviceUrls(configuration.FALCONPAY_PORT_BASE, {
  payment: configuration.PAYMENT_URL,
  wallet: configuration.WALLET_URL,
  'atm-gateway': configuration.ATM_GATEWAY_URL,
});
const inboxes = new InboxLookups(urlOf);

await runService(
  {
    name: 'backoffice',
    consumerGroup: consumerGroup('backoffice'),
    migrations: [CreateBackoffice1764460800000, FindLettersByEvent1764806400000, TellWhy1764892800000],
    tables: backofficeTables,
    subscriptions: {},
    intake: new BackofficeIntake(),
    topics,
  },
  { ...configuration, databaseUrl: configuration.BACKOFFICE_DATABASE_URL },
  {
    portOffset: 4,
    version: '0.1.0',
    description: 'What operators look at: dead letters, timelines and what is stuck. Never in the path of money.',
    controllers: [
      ...[ListGroupsController, CountDeadLettersController, ListDeadLettersController, GetDeadLetterController, AddNoteController],
      ...[EditDeadLetterController, DiscardDeadLetterController, ArchiveDeadLetterController],
      ...[CreateReplayController, ListReplaysController, GetReplayController, ControlReplayController],
      ...[GetTimelineController, ListStuckController, ListAuditController, VerifyAuditController],
    ],
    providers: (runtime, metrics) => {
      observeDeadLetters(runtime, metrics);
      return [
        { provide: Patience, useValue: new Patience(overdueAfter) },
        { provide: InboxLookups, useValue: inboxes },
      ];
    },
    onStart: async (runtime) => {
      runReplaysBy(runtime, inboxes, configuration.BACKOFFICE_REPLAY_EVERY_MS);
      keepTimelines(runtime, configuration.BACKOFFICE_TIMELINE_DAYS);
      sweepOpenSagasBy(runtime, overdueAfter, configuration.BACKOFFICE_SWEEP_EVERY_MS);
    },
  },
);
