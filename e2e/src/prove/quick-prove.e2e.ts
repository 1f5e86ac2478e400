import { falconpay } from './falconpay-command.js';
import { runProve, type Proof } from './run-prove.js';

const quickKills = 5;
const quickTransfers = 500;

describe('five kills under load', () => {
  const log: string[] = [];
  let proof: Proof;
  let verified: Awaited<ReturnType<typeof falconpay>>;

  const onStopped = async (home: string): Promise<void> => {
    verified = await falconpay(['verify', '--home', home]);
  };

  beforeAll(async () => {
    const seed = Number(process.env['FALCONPAY_PROVE_SEED'] ?? Math.floor(Math.random() * 2 ** 32));
    proof = await runProve({ seed, kills: quickKills, transfersMin: quickTransfers, log: (line) => log.push(line), onStopped });
  }, 900_000);

  it('lose, create and leave behind nothing', () => {
    const { violations, kills, load, report } = proof;
    expect({ seed: proof.seed, violations }).toEqual({ seed: proof.seed, violations: [] });
    expect(Object.values(kills).reduce((sum, count) => sum + count, 0)).toBe(quickKills);
    expect(load.accepted).toBeGreaterThanOrEqual(quickTransfers);
    expect(report.counts.pending).toBe(0);
  });

  it('hit work of every kind', () => {
    const { refunds, deposits, releasedLater, withdrawals, holds, captured, released } = proof.load;
    const counts = { refunds, deposits, releasedLater, withdrawals, holds, captured, released, ...proof.load.outside };
    expect(Object.entries(counts).filter(([, count]) => count === 0)).toEqual([]);
  });

  it('left no client without an answer in the end', () => {
    expect(proof.load.unresolved).toBe(0);
  });

  it('left the books complete', () => {
    expect(proof.report.quiescent).toBe(true);
    expect(proof.report.invariants.filter(({ checked }) => checked !== 'fully')).toEqual([]);
  });

  it('left books that anybody can check, with nothing running', () => {
    expect(verified.output).toMatch(/All is right\.$/m);
    expect(verified.status).toBe(0);
  });
});
