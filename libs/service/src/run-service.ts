import 'reflect-metadata';
import type { DynamicModule, Provider, Type } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Cursors } from '@falconpay/http/cursor';
import { createHttpService, type HttpService } from '@falconpay/http/http-service';
import { eventsController } from '@falconpay/pipeline/events-controller';
import type { RowKinds } from '@falconpay/pipeline/use-case';
import { createLogger, type Logger } from '@falconpay/telemetry/logger';
import { Metrics } from '@falconpay/telemetry/metrics';
import { InboxLookup } from './inbox-lookup.js';
import { LookUpInboxController } from './look-up-inbox.http.js';
import { problemOf, Requests } from './requests.js';
import type { ServiceConfiguration, ServiceDefinition } from './service-definition.js';
import { ServiceRuntime } from './service-runtime.js';

/** What a service adds to its definition to be reachable: its controllers, what they need, and what it does on starting. */
export interface ServiceEdges<Kinds extends RowKinds> {
  readonly portOffset: number;
  readonly version: string;
  readonly description: string;
  readonly controllers: readonly Type[];
  providers?(runtime: ServiceRuntime<Kinds>, metrics: Metrics, logger: Logger): Provider[];
  /** Before the first request is taken. */
  onStart?(runtime: ServiceRuntime<Kinds>, logger: Logger): Promise<void>;
}

class ServiceModule {}

/** Starts a service, and stops it on SIGTERM, SIGINT or the end of its supervisor: edges first, database last. */
export async function runService<Kinds extends RowKinds>(
  definition: ServiceDefinition<Kinds>,
  configuration: ServiceConfiguration,
  edges: ServiceEdges<Kinds>,
): Promise<HttpService> {
  const logger = createLogger({ service: definition.name });
  const metrics = new Metrics({ service: definition.name, version: edges.version });
  const runtime = new ServiceRuntime(definition, configuration, logger, metrics, edges.version);
  const service = await createHttpService(moduleOf(runtime, configuration, edges, metrics, logger), {
    name: definition.name,
    version: edges.version,
    description: edges.description,
    logger,
    metrics,
    translateError: problemOf,
    readiness: [
      { name: 'database', check: async () => ((await runtime.databaseIsUp()) ? 'ok' : 'down') },
      { name: 'kafka', check: () => (runtime.brokerIsUp ? 'ok' : 'degraded') },
    ],
    stopHooks: [
      { name: 'consumer', stop: () => runtime.transport.close() },
      { name: 'runtime', stop: () => runtime.stop() },
    ],
  });
  service.exitOnSignals();
  await runtime.start();
  await edges.onStart?.(runtime, logger);
  const url = await service.listen(configuration.FALCONPAY_PORT_BASE + edges.portOffset, configuration.FALCONPAY_BIND);
  service.app.connectMicroservice({ strategy: runtime.transport });
  await service.app.startAllMicroservices();
  logger.info({ url }, 'takes requests');
  return service;
}

function moduleOf<Kinds extends RowKinds>(
  runtime: ServiceRuntime<Kinds>,
  configuration: ServiceConfiguration,
  edges: ServiceEdges<Kinds>,
  metrics: Metrics,
  logger: Logger,
): DynamicModule {
  return {
    module: ServiceModule,
    controllers: [...edges.controllers, LookUpInboxController, eventsController(runtime.handlers)],
    providers: [
      { provide: DataSource, useValue: runtime.source },
      { provide: Requests, useValue: new Requests(runtime.pipeline, metrics) },
      { provide: InboxLookup, useValue: new InboxLookup(runtime.source, configuration) },
      { provide: Cursors, useValue: new Cursors(configuration.CURSOR_SECRET) },
      ...(edges.providers?.(runtime, metrics, logger) ?? []),
    ],
  };
}
