import {
  ConfigurationError,
  choice,
  describeConfig,
  flag,
  integer,
  list,
  optional,
  port,
  readConfig,
  text,
  timeZone,
  url,
} from './configuration.js';

const spec = {
  PORT: port({ default: 4001, meaning: 'where it listens' }),
  WORKERS: integer({ default: 50, min: 1, max: 100, meaning: 'how many at once' }),
  LEVEL: choice(['info', 'debug'], { default: 'info', meaning: 'how much it tells' }),
  FAST: flag({ default: false, meaning: 'faster' }),
  DATABASE_URL: url({ protocols: ['postgres:'], secret: true, meaning: 'where the data is' }),
  BROKERS: list({ default: ['a:1'], meaning: 'where Kafka is' }),
  ZONE: timeZone({ default: 'UTC', meaning: 'whose days' }),
  NOTE: optional(text({ meaning: 'anything' })),
};
const needed = { DATABASE_URL: 'postgres://u:secret@h/d' };

describe('configuration', () => {
  test('reads values and defaults, with their types', () => {
    const config = readConfig(spec, { ...needed, WORKERS: '7', FAST: 'true', BROKERS: 'x:1, y:2' });
    const workers: number = config.WORKERS;
    const level: 'info' | 'debug' = config.LEVEL;
    expect({ ...config, workers, level }).toMatchObject({
      PORT: 4001,
      WORKERS: 7,
      LEVEL: 'info',
      FAST: true,
      BROKERS: ['x:1', 'y:2'],
      NOTE: undefined,
    });
  });

  test('an empty variable counts as not set', () => {
    expect(readConfig(spec, { ...needed, PORT: '' }).PORT).toBe(4001);
  });

  test.each([
    ['PORT', '70000', 'PORT="70000" is wrong; expected an integer from 0 to 65535'],
    ['WORKERS', '5.5', 'WORKERS="5.5" is wrong; expected an integer from 1 to 100'],
    ['WORKERS', '0', 'WORKERS="0" is wrong; expected an integer from 1 to 100'],
    ['LEVEL', 'loud', 'LEVEL="loud" is wrong; expected one of info, debug'],
    ['FAST', 'yes', 'FAST="yes" is wrong; expected true or false'],
    ['ZONE', 'Mars/Olympus', 'ZONE="Mars/Olympus" is wrong; expected an IANA time zone'],
    ['BROKERS', 'a,,b', 'BROKERS="a,,b" is wrong; expected a comma-separated list'],
  ])('%s=%s is one clear line', (name, value, line) => {
    expect(() => readConfig(spec, { ...needed, [name]: value })).toThrow(new ConfigurationError(`configuration: ${line}`));
  });

  test('names everything that is wrong at once, and never shows a secret', () => {
    const read = () => readConfig(spec, { DATABASE_URL: 'mysql://u:hunter2@h/d', PORT: 'x' });
    expect(read).toThrow(/PORT="x".*; DATABASE_URL=\(hidden\) is wrong/);
    expect(read).not.toThrow(/hunter2/);
    expect(() => readConfig(spec, {})).toThrow('DATABASE_URL is not set; expected a URL (postgres://)');
  });

  test('describes itself for a table', () => {
    expect(describeConfig(spec)[1]).toEqual({
      name: 'WORKERS',
      kind: 'an integer from 1 to 100',
      default: '50',
      meaning: 'how many at once',
    });
  });
});
