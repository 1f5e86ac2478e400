import {
  destination,
  pino,
  stdTimeFunctions,
  type Bindings,
  type ChildLoggerOptions,
  type DestinationStream,
  type Logger as PinoLogger,
} from 'pino';
import { describeError, redact, scrubText } from './redaction.js';

export type Logger = PinoLogger;

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export interface LoggerOptions {
  readonly service: string;
  /** Default: the environment's LOG_LEVEL, else info. */
  readonly level?: LogLevel;
  /** Default: standard output, written behind the program's back and flushed at exit. */
  readonly destination?: DestinationStream;
}

/** One JSON line per entry: UTC time, service, allowed fields only. */
export function createLogger(options: LoggerOptions): Logger {
  const logger = pino(
    {
      level: options.level ?? levelFromEnvironment(),
      base: { service: options.service, pid: process.pid },
      timestamp: stdTimeFunctions.isoTime,
      messageKey: 'message',
      errorKey: 'err',
      formatters: { level: (label) => ({ level: label }), log: redact, bindings: redact },
      serializers: { err: (error: unknown) => (error instanceof Error ? describeError(error) : error) },
      hooks: {
        logMethod(args, method) {
          for (let index = 0; index < args.length; index += 1) {
            if (typeof args[index] === 'string') (args as unknown[])[index] = scrubText(args[index] as string);
          }
          method.apply(this, args);
        },
        streamWrite: escapeInvisible,
      },
    },
    options.destination ?? standardOutput(),
  );
  return withRedactedChildren(logger);
}

/** pino formats neither a child's fields nor `setBindings`; children inherit these two from their parent. */
function withRedactedChildren(logger: Logger): Logger {
  const { setBindings } = logger;
  const child = logger.child as (this: unknown, fields: Bindings, options?: unknown) => unknown;
  logger.child = function redactedChild<Levels extends string = never>(
    this: Logger,
    fields: Bindings,
    options?: ChildLoggerOptions<Levels>,
  ) {
    return child.call(this, redact(fields), options) as PinoLogger<Levels>;
  };
  logger.setBindings = function (this: Logger, fields) {
    setBindings.call(this, redact(fields));
  };
  return logger;
}

/** JSON leaves DEL, the C1 controls and the Unicode line ends as they are; a terminal or a line reader does not. */
function escapeInvisible(line: string): string {
  return line.replace(/[\u007f-\u009f\u2028\u2029]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function levelFromEnvironment(): LogLevel {
  const level = process.env['LOG_LEVEL'];
  return LOG_LEVELS.includes(level as LogLevel) ? (level as LogLevel) : 'info';
}

function standardOutput(): DestinationStream {
  const stream = destination({ fd: 1, sync: false });
  process.once('exit', () => {
    try {
      stream.flushSync();
    } catch {
      // The reader is gone; there is nobody left to tell.
    }
  });
  return stream;
}
