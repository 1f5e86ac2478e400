/** As operators are told it. */
export interface Why {
  readonly code: string;
  readonly detail: string;
}

/** That an event was published: who said it, when it became true, and when it was on its topic. Of what it says only why not is kept here. */
export interface TimelineEvent {
  readonly sagaId: string;
  readonly eventId: string;
  readonly topic: string;
  readonly service: string;
  /** The instant of the commit it stems from, by the service's database. */
  readonly at: Date;
  readonly publishedAt: Date;
  readonly causationId: string | undefined;
  readonly sequence: number | undefined;
  /** Of what was refused or has failed. */
  readonly why: Why | undefined;
}
