import { Controller, type Type } from '@nestjs/common';
import { EventPattern } from '@nestjs/microservices';
import type { InboundRecord } from '@falconpay/kafka/inbound-record';
import { NotSettled } from '@falconpay/kafka/kafka-transport';

/** Takes a batch of records of one topic; resolves when each is settled. */
export type BatchHandler = (records: readonly InboundRecord[]) => Promise<void>;

/** A Nest controller with one event handler per topic: the list of topics is the list of what can wake the service. */
export function eventsController(handlers: Readonly<Record<string, BatchHandler>>): Type {
  class EventsController {}
  for (const [topic, handle] of Object.entries(handlers)) {
    const descriptor: PropertyDescriptor = {
      value: (records: readonly InboundRecord[]) => handle(records).catch((error: unknown) => new NotSettled(error)),
      configurable: true,
    };
    Object.defineProperty(EventsController.prototype, topic, descriptor);
    EventPattern(topic)(EventsController.prototype, topic, descriptor);
  }
  Controller()(EventsController);
  return EventsController;
}
