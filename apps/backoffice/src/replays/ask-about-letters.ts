import { deliveredId, type DeadLetter, type LetterSummary } from '../dead-letters/dead-letter.js';
import type { AskedEvent, InboxAnswer } from './inbox-answer.js';

/** By group; undefined for a group whose service does not answer now. */
export type InboxAnswers = ReadonlyMap<string, InboxAnswer | undefined>;

export interface Inboxes {
  ask(group: string, events: readonly AskedEvent[]): Promise<InboxAnswer>;
}

/** What has to be known of a letter to ask about it. */
export type AskedLetter = LetterSummary & Pick<DeadLetter, 'key'>;

/** One look into the inbox of each group concerned: at the letters, at what is delivered in their place, and at what else is asked. */
export async function askAboutLetters<Letter extends AskedLetter>(
  inboxes: Inboxes,
  letters: readonly Letter[],
  also: (letter: Letter) => readonly AskedEvent[],
): Promise<InboxAnswers> {
  const asked = new Map<string, Map<string, AskedEvent>>();
  for (const letter of letters) {
    const { topic, key } = letter;
    const ofGroup = asked.get(letter.group) ?? new Map<string, AskedEvent>();
    asked.set(letter.group, ofGroup);
    for (const id of [letter.eventId, deliveredId(letter)]) ofGroup.set(id, { id, topic, key });
    for (const event of also(letter)) ofGroup.set(event.id, event);
  }
  const answers = await Promise.all(
    [...asked].map(async ([group, events]): Promise<[string, InboxAnswer | undefined]> => [
      group,
      await inboxes.ask(group, [...events.values()]).catch(() => undefined),
    ]),
  );
  return new Map(answers);
}
