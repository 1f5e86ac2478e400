import { Body, Controller, HttpCode, Inject, Module, Post, ValidationPipe } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ClientKafka, EventPattern, Payload } from '@nestjs/microservices';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Type } from 'class-transformer';
import { IsInt, IsPositive, IsString, ValidateNested } from 'class-validator';
import { lastValueFrom } from 'rxjs';
import { Column, CreateDateColumn, DataSource, Entity, Index, PrimaryGeneratedColumn, UpdateDateColumn, type Repository } from 'typeorm';
import {
  announceReady,
  consumerOf,
  databaseOf,
  emitterOf,
  PLAIN_TOPICS,
  setting,
  type PlainPaymentCreated,
  type PlainPaymentOutcome,
} from './plain-service.js';

/** The plain design's payment service: saves the row, then emits; nothing ties the two together. */
@Entity('transfers')
@Index('transfers_pending', ['id'], { where: `status = 'PENDING'` })
class TransferEntity {
  @PrimaryGeneratedColumn('uuid')
  id!: string;

  @Column({ type: 'text' })
  status!: 'PENDING' | 'COMPLETED' | 'FAILED';

  @Column({ type: 'text' })
  from_account!: string;

  @Column({ type: 'text' })
  to_account!: string;

  @Column({ type: 'bigint' })
  amount!: number;

  @Column({ type: 'text' })
  currency!: string;

  @Column({ type: 'text', nullable: true })
  reason?: string;

  @CreateDateColumn()
  created_at!: Date;

  @UpdateDateColumn()
  updated_at!: Date;
}

class AmountBody {
  @IsInt()
  @IsPositive()
  amount!: number;

  @IsString()
  currency!: string;
}

class TransferBody {
  @IsString()
  from!: string;

  @IsString()
  to!: string;

  @ValidateNested()
  @Type(() => AmountBody)
  amount!: AmountBody;
}

@Controller()
class PaymentController {
  private readonly transfers: Repository<TransferEntity>;

  constructor(
    @Inject(DataSource) source: DataSource,
    @Inject(ClientKafka) private readonly kafka: ClientKafka,
  ) {
    this.transfers = source.getRepository(TransferEntity);
  }

  @Post('v1/transfers')
  @HttpCode(202)
  async create(@Body() { from, to, amount: { amount, currency } }: TransferBody): Promise<TransferEntity> {
    const order = { status: 'PENDING' as const, from_account: from, to_account: to, amount, currency };
    const transfer = await this.transfers.save(this.transfers.create(order));
    const event: PlainPaymentCreated = { paymentId: transfer.id, from, to, amount, currency };
    await lastValueFrom(this.kafka.emit(PLAIN_TOPICS.created, { key: transfer.id, value: event }));
    return transfer;
  }

  @EventPattern(PLAIN_TOPICS.completed)
  async complete(@Payload() { paymentId }: PlainPaymentOutcome): Promise<void> {
    await this.transfers.update({ id: paymentId, status: 'PENDING' }, { status: 'COMPLETED' });
  }

  @EventPattern(PLAIN_TOPICS.failed)
  async fail(@Payload() { paymentId, reason }: PlainPaymentOutcome): Promise<void> {
    await this.transfers.update({ id: paymentId, status: 'PENDING' }, { status: 'FAILED', ...(reason === undefined ? {} : { reason }) });
  }
}

@Module({ controllers: [PaymentController], providers: [databaseOf([TransferEntity]), emitterOf('payment')] })
class PaymentModule {}

const app = await NestFactory.create(PaymentModule, new FastifyAdapter(), { logger: ['error', 'warn'] });
app.useGlobalPipes(new ValidationPipe({ transform: true, whitelist: true }));
app.connectMicroservice(consumerOf('payment'));
await app.get(ClientKafka).connect();
await app.startAllMicroservices();
await app.listen(Number(setting('PORT')), '127.0.0.1');
announceReady();
