import { Controller, Inject, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ClientKafka, EventPattern, Payload } from '@nestjs/microservices';
import { lastValueFrom } from 'rxjs';
import { Column, CreateDateColumn, DataSource, Entity, In, Index, PrimaryColumn, PrimaryGeneratedColumn } from 'typeorm';
import {
  announceReady,
  consumerOf,
  databaseOf,
  emitterOf,
  PLAIN_TOPICS,
  type PlainPaymentCreated,
  type PlainPaymentOutcome,
} from './plain-service.js';

/** The plain design's wallet: a transaction per message, then emits; nothing ties the two together. */
@Entity('accounts')
class AccountEntity {
  @PrimaryColumn({ type: 'text' })
  id!: string;

  @Column({ type: 'text' })
  currency!: string;

  @Column({ type: 'bigint' })
  balance!: string;
}

@Entity('entries')
class EntryEntity {
  @PrimaryGeneratedColumn({ type: 'bigint' })
  id!: string;

  @Index()
  @Column({ type: 'text' })
  account_id!: string;

  @Column({ type: 'text' })
  payment_id!: string;

  @Column({ type: 'bigint' })
  amount!: string;

  @Column({ type: 'text' })
  currency!: string;

  @Column({ type: 'bigint' })
  balance_after!: string;

  @CreateDateColumn()
  created_at!: Date;
}

@Controller()
class WalletController {
  constructor(
    @Inject(DataSource) private readonly source: DataSource,
    @Inject(ClientKafka) private readonly kafka: ClientKafka,
  ) {}

  @EventPattern(PLAIN_TOPICS.created)
  async post(@Payload() payment: PlainPaymentCreated): Promise<void> {
    const reason = await this.move(payment);
    const outcome: PlainPaymentOutcome = { paymentId: payment.paymentId, ...(reason === undefined ? {} : { reason }) };
    const topic = reason === undefined ? PLAIN_TOPICS.completed : PLAIN_TOPICS.failed;
    await lastValueFrom(this.kafka.emit(topic, { key: payment.paymentId, value: outcome }));
  }

  /** Why not, or undefined when the money has moved. */
  private async move({ paymentId, from, to, amount, currency }: PlainPaymentCreated): Promise<string | undefined> {
    const runner = this.source.createQueryRunner();
    await runner.connect();
    await runner.startTransaction();
    try {
      const accounts = await runner.manager.find(AccountEntity, {
        where: { id: In([from, to]) },
        order: { id: 'ASC' },
        lock: { mode: 'pessimistic_write' },
      });
      const payer = accounts.find(({ id }) => id === from);
      const payee = accounts.find(({ id }) => id === to);
      const refusal =
        payer === undefined || payee === undefined
          ? 'account-not-found'
          : payer.currency !== currency || payee.currency !== currency
            ? 'currency-mismatch'
            : BigInt(payer.balance) < BigInt(amount)
              ? 'insufficient-funds'
              : undefined;
      if (refusal !== undefined || payer === undefined || payee === undefined) {
        await runner.rollbackTransaction();
        return refusal;
      }
      payer.balance = String(BigInt(payer.balance) - BigInt(amount));
      payee.balance = String(BigInt(payee.balance) + BigInt(amount));
      await runner.manager.update(AccountEntity, payer.id, { balance: payer.balance });
      await runner.manager.update(AccountEntity, payee.id, { balance: payee.balance });
      await runner.manager.insert(EntryEntity, [
        { account_id: from, payment_id: paymentId, amount: String(-amount), currency, balance_after: payer.balance },
        { account_id: to, payment_id: paymentId, amount: String(amount), currency, balance_after: payee.balance },
      ]);
      await runner.commitTransaction();
      return undefined;
    } catch (error) {
      await runner.rollbackTransaction();
      throw error;
    } finally {
      await runner.release();
    }
  }
}

@Module({ controllers: [WalletController], providers: [databaseOf([AccountEntity, EntryEntity]), emitterOf('wallet')] })
class WalletModule {}

const app = await NestFactory.createMicroservice(WalletModule, { ...consumerOf('wallet'), logger: ['error', 'warn'] });
await app.get(ClientKafka).connect();
await app.listen();
announceReady();
