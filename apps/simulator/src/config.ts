import { choice, flag, integer, text } from '@falconpay/telemetry/configuration';
import { LOG_LEVELS } from '@falconpay/telemetry/logger';

export const settings = {
  FALCONPAY_PORT_BASE: integer({ default: 4000, min: 1024, max: 65_438, meaning: 'Services listen on this port plus their offset' }),
  FALCONPAY_BIND: text({ default: '127.0.0.1', meaning: 'Address to listen on' }),
  FALCONPAY_HOME: text({ default: '.falconpay', meaning: 'The simulator keeps its journal in the folder simulator of this one' }),
  SIMULATOR_SYNC: flag({
    default: true,
    meaning: 'Whether the simulator waits for the disk before it answers; without, its journal outlives a kill but not a power cut',
  }),
  LOG_LEVEL: choice(LOG_LEVELS, { default: 'info', meaning: 'Least level logged' }),
} as const;
