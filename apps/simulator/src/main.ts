import 'reflect-metadata';
import { createHttpService } from '@falconpay/http/http-service';
import { readConfigOrExit } from '@falconpay/telemetry/configuration';
import { createLogger } from '@falconpay/telemetry/logger';
import { Metrics } from '@falconpay/telemetry/metrics';
import { join } from 'node:path';
import { settings } from './config.js';
import { BehaviourController } from './desk/behaviour.http.js';
import { Desk } from './desk/partner-desk.js';
import { PageController } from './page/page.http.js';
import { BankController } from './protocols/bank.http.js';
import { InstitutionController } from './protocols/institution.http.js';
import { MachineController } from './protocols/machine.http.js';

const NAME = 'simulator';
const VERSION = '0.1.0';
const PORT_OFFSET = 9;
/** Who has been waiting for an answer that never comes is not waited for. */
const DRAIN_MS = 1_000;

class SimulatorModule {}

const configuration = readConfigOrExit(settings);
const desk = await Desk.open(join(configuration.FALCONPAY_HOME, 'simulator', 'journal.jsonl'), { sync: configuration.SIMULATOR_SYNC });
const logger = createLogger({ service: NAME });
const service = await createHttpService(
  {
    module: SimulatorModule,
    controllers: [MachineController, BankController, InstitutionController, BehaviourController, PageController],
    providers: [{ provide: Desk, useValue: desk }],
  },
  {
    name: NAME,
    version: VERSION,
    description: 'The outside world for demos, tests and load: cash machines, banks and card institutions that can behave in every way.',
    logger,
    metrics: new Metrics({ service: NAME, version: VERSION }),
    drainTimeoutMs: DRAIN_MS,
    stopHooks: [{ name: 'journal', stop: () => desk.close() }],
  },
);
service.exitOnSignals();
const url = await service.listen(configuration.FALCONPAY_PORT_BASE + PORT_OFFSET, configuration.FALCONPAY_BIND);
logger.info({ url }, 'takes requests');
