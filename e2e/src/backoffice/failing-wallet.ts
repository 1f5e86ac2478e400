import { SERVICES } from '@falconpay/local/services';
import { startSystem, type RunningSystem, type SystemOptions } from '@falconpay/testing/running-system';

export interface Letter {
  readonly id: string;
  readonly status: string;
  readonly topic: string;
  readonly group: string;
  readonly saga_id: string;
  readonly event_id: string;
  readonly fingerprint: string;
  readonly kind: string;
  readonly replays: number;
}
export interface Replay {
  readonly id: string;
  readonly status: string;
  readonly stopped_by: string | null;
  readonly verdicts: Readonly<Record<string, number>>;
  readonly items: Readonly<Record<string, number>>;
}

/** A whole system whose wallet cannot post to one account: a handler that is wrong until it is mended. */
export class FailingWallet {
  private constructor(
    readonly system: RunningSystem,
    readonly from: string,
    readonly to: string,
  ) {}

  static async start(name: string, { env, root }: Pick<SystemOptions, 'env' | 'root'> = {}): Promise<FailingWallet> {
    const services = SERVICES.map((service) => service.name);
    const everyMs = { BACKOFFICE_REPLAY_EVERY_MS: '50' };
    return FailingWallet.in(await startSystem({ name, services, env: { ...everyMs, ...env }, ...(root !== undefined && { root }) }));
  }

  static async in(system: RunningSystem): Promise<FailingWallet> {
    return new FailingWallet(system, (await system.account('USD', 1_000_000)).id, (await system.account('USD')).id);
  }

  /** For good, as what cannot be stored (22000); or so that it may go well the next time. */
  async breakHandler(errcode: '22000' | 'P0001' = '22000'): Promise<void> {
    await this.system.sql(
      'wallet',
      `create or replace function refuse_entry() returns trigger language plpgsql as $$ begin raise exception 'the handler is wrong' using errcode = '${errcode}'; end $$`,
    );
    // The account's id is one of ours: letters, digits and an underscore.
    await this.system.sql(
      'wallet',
      `create or replace trigger handler_is_wrong before insert on entries for each row when (new.account_id = '${this.to}') execute function refuse_entry()`,
    );
  }

  async mendHandler(): Promise<void> {
    await this.system.sql('wallet', 'drop trigger if exists handler_is_wrong on entries');
  }

  /** Accepted transfers to the account that the wallet cannot post to. */
  async transfers(count: number, amount = 100): Promise<string[]> {
    const replies = await Promise.all(
      Array.from({ length: count }, () =>
        this.system.payment.post('/v1/transfers', { from: this.from, to: this.to, amount: { amount, currency: 'USD' } }),
      ),
    );
    return replies.map(({ body }) => (body as { id: string }).id);
  }

  /** The letters of a payment, newest first, once there are as many. */
  lettersOf(sagaId: string, count = 1): Promise<Letter[]> {
    return this.system.eventually(`${count} letters of ${sagaId} are in the store`, async () => {
      const { data } = (await this.system.backoffice.get(`/v1/dead-letters?saga_id=${sagaId}`)).body as { data: Letter[] };
      return data.length >= count ? data : undefined;
    });
  }

  async letterOf(sagaId: string): Promise<Letter> {
    const [letter] = await this.lettersOf(sagaId);
    if (!letter) throw new Error(`there is no letter of ${sagaId}`);
    return letter;
  }

  async replay(body: object): Promise<Replay> {
    const reply = await this.system.backoffice.post('/v1/replays', body);
    if (reply.status > 299) throw new Error(reply.text);
    return reply.body as Replay;
  }

  async items(replayId: string): Promise<readonly { verdict: string; detail: string | null; status: string; outcome: string | null }[]> {
    const page = (await this.system.backoffice.get(`/v1/replays/${replayId}/items?limit=100`)).body as {
      data: { verdict: string; detail: string | null; status: string; outcome: string | null }[];
    };
    return page.data;
  }

  /** The replay once it is in this state. */
  replayIn(id: string, status: string): Promise<Replay> {
    return this.system.eventually(
      `replay ${id} is ${status}`,
      async () => {
        const now = (await this.system.backoffice.get(`/v1/replays/${id}`)).body as Replay;
        return now.status === status ? now : undefined;
      },
      { everyMs: 50 },
    );
  }
}
