import { progressOf, type ExpectedStep } from '@falconpay/choreography/progress';
import { sagas } from '@falconpay/contracts/choreography';
import type { TimelineEvent } from './timeline-event.js';

/** How long a saga may wait before somebody should know: for a service of ours, and for what is outside. */
export interface OverdueAfter {
  readonly serviceMs: number;
  readonly outsideMs: number;
}

export interface DueStep extends ExpectedStep {
  readonly dueAt: Date;
  readonly isOverdue: boolean;
}

/** Where a saga stands, from what was published about it. */
export function standingOf(events: readonly TimelineEvent[], overdueAfter: OverdueAfter, now: Date) {
  const { sagas: names, expected } = progressOf(sagas, events);
  const steps = expected.map((step): DueStep => {
    const dueAt = new Date(step.since.getTime() + (step.awaits ? overdueAfter.outsideMs : overdueAfter.serviceMs));
    return { ...step, dueAt, isOverdue: dueAt < now };
  });
  return { sagas: names, expected: steps, isOverdue: steps.some(({ isOverdue }) => isOverdue) };
}

/** From the commit to the topic; clocks of two machines may differ by more. */
export const publishLagMs = ({ at, publishedAt }: TimelineEvent): number => Math.max(0, publishedAt.getTime() - at.getTime());

/** From the topic to the commit that answered: how long the service took to get to the event that caused this one. */
export function consumeLagMs(event: TimelineEvent, events: readonly TimelineEvent[]): number | undefined {
  const cause = events.find(({ eventId }) => eventId === event.causationId);
  return cause && Math.max(0, event.at.getTime() - cause.publishedAt.getTime());
}
