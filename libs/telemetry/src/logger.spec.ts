import { createLogger } from './logger.js';

function logged(write: (logger: ReturnType<typeof createLogger>) => void): { lines: string[]; entries: Record<string, unknown>[] } {
  const lines: string[] = [];
  write(createLogger({ service: 'wallet', level: 'debug', destination: { write: (line) => void lines.push(line) } }));
  return { lines, entries: lines.map((line) => JSON.parse(line) as Record<string, unknown>) };
}

const CARD = '4111111111111111';
const SENSITIVE =
  'pin pinBlock cvv cvv2 track1 track2 pan card cardNumber password secret token apiKey authorization cookie iban owner reference body query'.split(
    ' ',
  );

describe('the log', () => {
  test('is JSON with UTC time, level, service and message', () => {
    const { entries } = logged((logger) => logger.info({ transfer_id: 'pay_1' }, 'completed'));
    expect(entries[0]).toMatchObject({ level: 'info', service: 'wallet', transfer_id: 'pay_1', message: 'completed' });
    expect(entries[0]?.['time']).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
  });

  test('hides every field that is not allowed, at any depth, in lists and in child loggers', () => {
    const canary = 'CANARY-7f3a';
    const fields = Object.fromEntries(SENSITIVE.map((name) => [name, canary]));
    const { lines } = logged((logger) => {
      logger.info(
        { ...fields, err: { message: 'x', ...fields }, checks: [{ name: 'a', ...fields }, { state: { state: fields } }] },
        'hello',
      );
      logger.child(fields).child(fields).info('hello');
      const bound = logger.child({});
      bound.setBindings(fields);
      bound.info('hello');
    });
    expect(lines).toHaveLength(3);
    expect(lines.join('')).not.toContain(canary);
  });

  test('takes card numbers, secrets and database contents out of texts and errors', () => {
    const { lines } = logged((logger) => {
      logger.info(`paid with ${CARD}`);
      logger.info('paid with 4111 1111 1111 1111, pin: x1234x, password="hunter2"');
      logger.error(
        {
          err: new Error(`refused ${CARD} cvv=x987x`, {
            cause: new Error('Key (iban)=(DE02120300000000202051) exists; postgres://app:hunter2@db/x'),
          }),
        },
        'failed',
      );
      logger.error(Object.assign(new Error('duplicate key'), { detail: 'hunter2', parameters: ['hunter2'], query: 'hunter2' }));
    });
    const all = lines.join('');
    for (const secret of [CARD, '4111 1111', 'x1234x', 'hunter2', 'x987x', 'DE0212']) expect(all).not.toContain(secret);
    expect(all).toContain('duplicate key');
  });

  test('leaves times, amounts and ids readable', () => {
    const { entries } = logged((logger) =>
      logger.info({ transfer_id: 'pay_01j9zq3v8k4m5n6p7q8r9s0t1v', offset: 1767225600001 }, 'at 2026-01-31T12:00:00.000Z'),
    );
    expect(entries[0]).toMatchObject({
      transfer_id: 'pay_01j9zq3v8k4m5n6p7q8r9s0t1v',
      offset: 1767225600001,
      message: 'at 2026-01-31T12:00:00.000Z',
    });
  });

  test('stays one line of visible characters, whatever is put into it', () => {
    const { lines, entries } = logged((logger) =>
      logger.warn({ reason: 'a\r\nb\u001b[31mc\u009bd\u2028e\u0000' }, 'x\r\n{"level":"fatal"}'),
    );
    expect(lines).toHaveLength(1);
    expect(lines[0]?.trimEnd()).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/);
    expect(entries[0]).toMatchObject({ level: 'warn', reason: 'a\r\nb\u001b[31mc\u009bd\u2028e\u0000' });
  });

  test('writes bigints as digits', () => {
    expect(logged((logger) => logger.info({ count: 12n }, 'x')).entries[0]?.['count']).toBe('12');
  });
});
