import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { lockHome } from './home-lock.js';
import { identityOf } from './processes.js';
import { removeTemporaryFolders, temporaryFolder } from './temporary-folder-for-specs.js';

describe('the lock of a data folder', () => {
  afterEach(removeTemporaryFolders);

  it('lets one in and tells the next who that is', async () => {
    const home = temporaryFolder();
    const unlock = await lockHome(home);
    await expect(lockHome(home)).rejects.toThrow(`FalconPay is running in ${home} already (pid ${process.pid})`);
    await unlock();
    await (
      await lockHome(home)
    )();
    expect(readdirSync(home)).toEqual([]);
  });

  it.each([
    ['whose holder was killed', JSON.stringify({ pid: 2 ** 22 + 1, startedAt: '1' })],
    ['whose pid belongs to another program by now', JSON.stringify({ ...identityOf(process.pid), startedAt: '1' })],
    ['that was half written', '{"pid": 12'],
  ])('does not heed a lock %s', async (_what, content) => {
    const home = temporaryFolder();
    writeFileSync(join(home, 'running.lock'), content);
    await (
      await lockHome(home)
    )();
  });

  it('lets only one of many in when they find a stale lock together', async () => {
    for (let round = 0; round < 30; round++) {
      const home = temporaryFolder();
      const dead = { pid: 2 ** 22 + 1, startedAt: '1' };
      writeFileSync(join(home, 'running.lock'), JSON.stringify(dead));
      // In half of the rounds somebody has died while taking the lock over.
      if (round % 2 === 1)
        writeFileSync(join(home, `running.lock.after-${dead.pid}-1`), JSON.stringify({ pid: 2 ** 22 + 2, startedAt: '2' }));
      const outcomes = await Promise.allSettled(Array.from({ length: 12 }, () => lockHome(home)));
      expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      expect(readdirSync(home).filter((name) => !name.includes('.after-'))).toEqual(['running.lock']);
    }
  });
});
