import { consumerGroup } from '@falconpay/contracts/choreography';
import { paymentCreated } from '@falconpay/contracts/topics/payment-created.topic';
import { momentAt } from '@falconpay/pipeline/moment';
import { discard, poisonOf, send, type Poison } from '../load/poison.js';
import { runTransferLoad, type TransferLoad } from '../load/transfer-load.js';
import { TRANSFERS_PER_BULK } from '../load/transfer-requests.js';
import type { BenchSystem } from '../system/bench-system.js';
import { checkTotals } from '../system/books.js';
import { checkpoint } from '../system/databases.js';
import type { FalconPayLoad } from '../system/falconpay-load.js';
import { Topics } from '../system/topics.js';
import { untilCount } from '../system/until.js';

const MESSAGES_PER_POISON = 200;
const WARM_UP_TRANSFERS = 30_000;
const GROUP = consumerGroup('wallet');
const BLOCKED = `select count(*)::int as count from blocked_lines where state = 'dead'`;
const LINES = 'select count(*)::int as count from blocked_lines';

export interface PoisonRound {
  readonly transfers: number;
  readonly poison: number;
  /** Transfers COMPLETED per second, in bulks: by themselves, before and after … */
  readonly perSecondClean: number;
  /** … with poison among their events … */
  readonly perSecondPoisoned: number;
  /** … and without, but while the keys of all that poison are blocked. */
  readonly perSecondBlocked: number;
}

/** What events that can never be taken in cost those that can. Throws when one of these is not, or when a consumer has started again. */
export async function measurePoison(
  system: BenchSystem,
  load: FalconPayLoad,
  { rounds, messages, log }: { readonly rounds: number; readonly messages: number; readonly log: (line: string) => void },
): Promise<PoisonRound[]> {
  const topics = await Topics.open(system);
  const consumers = async (): Promise<string> => [system.pid('wallet'), ...(await topics.membersOf(GROUP))].join(' ');
  const perSecond = async (transfers: number, answered?: TransferLoad['answered']): Promise<number> => {
    const bulks = load.bulk(transfers);
    await checkpoint(system);
    return (await runTransferLoad(answered === undefined ? bulks : { ...bulks, answered })).completedPerSecond;
  };
  try {
    await perSecond(WARM_UP_TRANSFERS);
    const results: PoisonRound[] = [];
    for (let round = 1; round <= rounds; round += 1) {
      const before = await consumers();
      const first = await perSecond(messages);
      const poison: Poison[] = [];
      const sending: Promise<void>[] = [];
      const perSecondPoisoned = await perSecond(messages, () => {
        const some = Array.from({ length: TRANSFERS_PER_BULK / MESSAGES_PER_POISON }, anyPoison);
        poison.push(...some);
        sending.push(send(topics, paymentCreated, some));
      });
      await Promise.all(sending);
      await untilCount(system.wallet, BLOCKED, poison.length);
      const perSecondBlocked = await perSecond(messages);
      await discard(topics, paymentCreated, GROUP, poison);
      await untilCount(system.wallet, LINES, 0);
      const perSecondClean = (first + (await perSecond(messages))) / 2;
      if ((await consumers()) !== before) throw new Error('the wallet, or its consumer, has started again meanwhile');
      await checkTotals(system);
      results.push({ transfers: messages, poison: poison.length, perSecondClean, perSecondPoisoned, perSecondBlocked });
      log(
        `round ${round}/${rounds}  poison  ${Math.round(perSecondPoisoned)}/s among ${poison.length} that cannot be taken in, ` +
          `${Math.round(perSecondBlocked)}/s beside their blocked keys, ${Math.round(perSecondClean)}/s without`,
      );
    }
    return results;
  } finally {
    await topics.close();
  }
}

/** Under a key of its own. */
const anyPoison = (): Poison => poisonOf(momentAt(new Date()).newId('pay'));
