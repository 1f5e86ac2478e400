import { progressOf } from '@falconpay/choreography/progress';
import { sagas, topics } from '@falconpay/contracts/choreography';
import type { TimelineEvent } from './timeline-event.js';

/** A change to the list of sagas that wait for something: on it since an event that must be followed, off it by one that need not. */
export interface SagaMark {
  readonly sagaId: string;
  readonly at: Date;
  readonly isOpen: boolean;
}

const mustBeFollowed: ReadonlySet<string> = new Set(
  topics.flatMap(({ name }) => (progressOf(sagas, [{ topic: name, at: new Date(0) }]).expected.length > 0 ? [name] : [])),
);

export const markOf = ({ sagaId, topic, at }: TimelineEvent): SagaMark => ({ sagaId, at, isOpen: mustBeFollowed.has(topic) });
