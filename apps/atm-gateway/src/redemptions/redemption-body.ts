import { field } from '@falconpay/http/body-fields';

const digits = (name: string, least: number, most: number) =>
  field({
    name,
    message: `must be ${least} to ${most} digits`,
    schema: { type: 'string', pattern: `^[0-9]{${least},${most}}$` },
    test: (value) => typeof value === 'string' && new RegExp(`^\\d{${least},${most}}$`).test(value),
  });

const IsCardNumber = digits('isCardNumber', 8, 19);
const IsPin = digits('isPin', 3, 12);

/** In memory for one call, and nowhere else. */
export class CardDto {
  @IsCardNumber()
  number!: string;

  @IsPin()
  pin!: string;
}
