import type { DataOf, Topic } from './topic.js';

/** What can wake a use case that is not an event of ours. */
export type Trigger = 'http' | 'timer' | 'outside-world';

export interface Step {
  readonly by: string;
  readonly on: Topic | Trigger;
  /** The use case, which is also the name of the folder that holds it. */
  readonly does: string;
  readonly emits: readonly Topic[];
  /** What the saga goes on with where no event leads further: a timer, or an answer from outside. */
  readonly awaits?: Trigger;
  /** Its events are those of the members of what it hears, each of which is a saga of its own. */
  readonly forMembers?: true;
  /** After the pivot a saga can only go forward. */
  readonly pivot?: true;
  /** Which use case undoes this step, where it moves money before the pivot. */
  readonly undoneBy?: string;
}

/** A choreography written down. It is never executed: types, diagrams, topics and canvases are made from it. */
export interface Saga {
  readonly name: string;
  readonly about: string;
  readonly steps: readonly Step[];
  /** Use cases after which the saga is over. */
  readonly ends: readonly string[];
}

export const defineSaga = <const S extends Saga>(saga: S): S => saga;

type StepOf<Sagas extends readonly Saga[]> = Sagas[number]['steps'][number];
type StepsBy<Sagas extends readonly Saga[], Service> = Extract<StepOf<Sagas>, { readonly by: Service }>;

export type ServiceIn<Sagas extends readonly Saga[]> = StepOf<Sagas>['by'];
export type TopicsHeardBy<Sagas extends readonly Saga[], Service> = Exclude<StepsBy<Sagas, Service>['on'], Trigger>;
export type TopicsEmittedBy<Sagas extends readonly Saga[], Service> = StepsBy<Sagas, Service>['emits'][number];

/** What a service does about an event: the use case it runs, and how the event becomes the use case's message. */
export interface Reaction<Data = never> {
  readonly useCase: { readonly name: string };
  readonly toMessage: (data: Data) => unknown;
}

type UseCaseFor<Sagas extends readonly Saga[], Service, T> = Extract<StepsBy<Sagas, Service>, { readonly on: T }>['does'];

/** One reaction for each topic the sagas make a service hear: a missing, an extra or a wrong one does not compile. */
export type SubscriptionsTo<Sagas extends readonly Saga[], Service> = {
  readonly [T in TopicsHeardBy<Sagas, Service> as T extends Topic<infer Name> ? Name : never]: Reaction<DataOf<T>> & {
    readonly useCase: { readonly name: UseCaseFor<Sagas, Service, T> };
  };
};
