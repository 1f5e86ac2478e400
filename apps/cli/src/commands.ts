import { atm, atmUsage } from './atm/atm-command.js';
import { dlq, dlqUsage, dlqWords } from './backoffice/dlq-command.js';
import { stuck, stuckUsage, timeline, timelineUsage } from './backoffice/timeline-command.js';
import { completionOf, completionUsage } from './completion/completion-command.js';
import type { Completable } from './completion/completion-scripts.js';
import { ledger, ledgerUsage } from './ledger/ledger-command.js';
import { outbox, outboxUsage } from './messaging/outbox-command.js';
import { topics, topicsUsage } from './messaging/topics-command.js';
import { verify, verifyUsage } from './verify/verify-command.js';

/** One command of the program. */
interface Command extends Completable {
  run(args: readonly string[]): Promise<number>;
}

export const commands: Readonly<Record<string, Command>> = {
  verify: { run: verify, usage: verifyUsage, about: 'check the books of a running or stopped system' },
  ledger: { run: ledger, usage: ledgerUsage, words: ['verify'], about: 'prove that no entry of the ledger was altered' },
  atm: { run: atm, usage: atmUsage, words: ['reconcile'], about: 'compare a cash machine’s journal with the books' },
  dlq: { run: dlq, usage: dlqUsage, words: dlqWords, about: 'see what could not be taken in, and replay, edit or discard it' },
  timeline: { run: timeline, usage: timelineUsage, about: 'see what happened to a payment or withdrawal, and what is to come' },
  stuck: { run: stuck, usage: stuckUsage, about: 'see which payments and withdrawals should have gone on by now' },
  topics: { run: topics, usage: topicsUsage, about: 'see who hears which topic, how far behind, and its dead letters' },
  outbox: { run: outbox, usage: outboxUsage, words: ['status'], about: 'see what is committed and not published, and why' },
  completion: {
    run: completionOf(() => commands),
    usage: completionUsage,
    words: ['bash', 'zsh', 'fish'],
    about: 'complete commands and options in a shell',
  },
};
