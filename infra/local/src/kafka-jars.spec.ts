import { readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { kafkaJars } from './kafka-jars.js';
import { removeTemporaryFolders, temporaryFolder } from './temporary-folder-for-specs.js';

describe('the cache of Kafka jars', () => {
  let cacheFolder: string;
  let fetched: number;
  const fetchInto = async (folder: string): Promise<void> => {
    fetched += 1;
    await writeFile(join(folder, 'one.jar'), 'one');
    await sleep(50);
    await writeFile(join(folder, 'two.jar'), 'two');
  };

  beforeEach(() => {
    cacheFolder = temporaryFolder();
    fetched = 0;
  });
  afterEach(removeTemporaryFolders);

  it('is filled once', async () => {
    const first = await kafkaJars({ cacheFolder, fetchInto });
    expect(await kafkaJars({ cacheFolder, fetchInto })).toBe(first);
    expect(fetched).toBe(1);
    expect(readdirSync(first).sort()).toEqual(['contents.json', 'one.jar', 'two.jar']);
  });

  it('is not taken for whole after a fetch that broke off', async () => {
    const broken = async (folder: string): Promise<void> => {
      await writeFile(join(folder, 'one.jar'), 'one');
      throw new Error('the line went dead');
    };
    await expect(kafkaJars({ cacheFolder, fetchInto: broken })).rejects.toThrow('the line went dead');
    expect(readdirSync(cacheFolder)).toEqual([]);

    await kafkaJars({ cacheFolder, fetchInto });
    expect(fetched).toBe(1);
  });

  it.each([
    ['a jar that is gone', (place: string) => rmSync(join(place, 'two.jar'))],
    ['a jar that is cut short', (place: string) => writeFileSync(join(place, 'two.jar'), 't')],
    ['a folder without its list of contents', (place: string) => rmSync(join(place, 'contents.json'))],
  ])('is fetched again when it holds %s', async (_what, damage) => {
    const place = await kafkaJars({ cacheFolder, fetchInto });
    damage(place);
    expect(await kafkaJars({ cacheFolder, fetchInto })).toBe(place);
    expect(fetched).toBe(2);
    expect(readdirSync(place).sort()).toEqual(['contents.json', 'one.jar', 'two.jar']);
  });

  it('serves two starters at once: the slower one leaves the folder of the faster as it is', async () => {
    let inode = 0;
    const slow = kafkaJars({
      cacheFolder,
      fetchInto: async (folder) => {
        await fetchInto(folder);
        inode = statSync(await kafkaJars({ cacheFolder, fetchInto })).ino;
      },
    });
    expect(statSync(await slow).ino).toBe(inode);
    expect(fetched).toBe(2);
    expect(readdirSync(cacheFolder)).toHaveLength(1);
  });
});
