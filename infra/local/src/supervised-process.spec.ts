import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { startGuardian, type Guardian } from './guardian.js';
import { startTimeOf } from './processes.js';
import { SupervisedProcess, type ProcessEvent, type ProcessPlan } from './supervised-process.js';

describe('a supervised process', () => {
  let guardian: Guardian;
  let log: string[];
  let events: ProcessEvent[];
  let supervised: SupervisedProcess;

  const supervise = (script: string, ready: ProcessPlan['ready'] = async () => undefined): SupervisedProcess =>
    new SupervisedProcess(
      {
        name: 'worker',
        stopSignal: 'TERM',
        stopWithinMs: 500,
        launch: () => spawn('/bin/sh', ['-c', script], { stdio: ['ignore', 'pipe', 'pipe'] }),
        ready,
      },
      guardian,
      (line) => log.push(line),
      (event) => events.push(event),
    );
  const waitFor = async (condition: () => boolean): Promise<void> => {
    for (let patience = 2_400; !condition() && patience > 0; patience--) await sleep(25);
    expect(condition()).toBe(true);
  };

  beforeEach(() => {
    guardian = startGuardian();
    log = [];
    events = [];
  });
  afterEach(async () => {
    await supervised.stop();
    await guardian.dismiss();
  });

  it('is started again at once when it is killed, and the log says so', async () => {
    supervised = supervise('exec sleep 60');
    await supervised.start();
    const first = supervised.pid;
    supervised.kill();
    await waitFor(() => events.some(({ kind }) => kind === 'restarted'));

    expect(supervised.pid).not.toBe(first);
    expect(startTimeOf(supervised.pid ?? 0)).toBeDefined();
    expect(events.map(({ kind }) => kind)).toEqual(['died', 'restarted']);
    expect(log).toContain('supervisor | worker ended (SIGKILL); starting it again at once');
  });

  it('is started again with longer and longer pauses when it dies soon', async () => {
    supervised = supervise('exec sleep 60');
    await supervised.start();
    for (let deaths = 1; deaths <= 3; deaths++) {
      await supervised.untilReady();
      supervised.kill();
      await waitFor(() => events.filter(({ kind }) => kind === 'restarted').length === deaths);
    }
    const pauses = log.filter((line) => line.includes('starting it again')).map((line) => line.split('again ')[1]);
    expect(pauses).toEqual(['at once', 'in 500 ms', 'in 1000 ms']);
  });

  it('is given up when it never gets ready, with what it said', async () => {
    supervised = supervise('echo "the disk is full"; exit 3', () => new Promise(() => undefined));
    await expect(supervised.start()).rejects.toThrow('worker does not start (exit code 3); it said: the disk is full');
    expect(supervised.pid).toBeUndefined();
  });

  it('is stopped when it runs but does not get ready in time', async () => {
    supervised = supervise('echo waiting for something; exec sleep 60', () => new Promise(() => undefined));
    await expect(supervised.start(200)).rejects.toThrow('worker runs but is not ready after 0.2 s; it said: waiting for something');
    expect(supervised.pid).toBeUndefined();
  });

  it('stays down when it was stopped, and comes back when it is started', async () => {
    supervised = supervise('exec sleep 60');
    await supervised.start();
    await supervised.stop();
    await sleep(100);
    expect(supervised.pid).toBeUndefined();
    await supervised.start();
    expect(supervised.pid).toBeDefined();
  });

  it('is killed when it does not heed the request to stop', async () => {
    supervised = supervise(`trap '' TERM; echo deaf; while true; do sleep 0.1; done`);
    await supervised.start();
    await waitFor(() => log.includes('worker | deaf'));
    const pid = supervised.pid ?? 0;
    await supervised.stop();
    expect(startTimeOf(pid)).toBeUndefined();
  });
});
