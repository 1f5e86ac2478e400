import { ArrayMaxSize, IsArray, IsIn, IsInt, IsOptional, Max, Min } from 'class-validator';
import { field, IsCurrencyCode, IsMinorUnits } from '@falconpay/http/body-fields';
import type { FieldError } from '@falconpay/http/problem';
import { BEHAVIOUR_NAMES, behaviourOf } from '../partners/behaviour.js';
import { GOOD_SETTINGS, NETWORKS, RECORD_FAULTS, type Settings } from '../partners/script.js';
import type { Kind } from '../partners/words.js';

const SLOWEST_MS = 86_400_000;
const LONGEST_NEXT = 10_000;

const behaviourSchema = {
  type: 'string',
  maxLength: 200,
  examples: ['success', 'partial:40', 'late:31000', 'crash_after_act+cancel_error:3'],
  description: `One of ${BEHAVIOUR_NAMES.join(', ')}; with \`:\` and its number where it takes one; several joined by \`+\``,
};
const isBehaviourText = (value: unknown): boolean => typeof value === 'string' && value.length <= 200;
const IsBehaviour = field({ name: 'isBehaviour', message: 'must name a behaviour', schema: behaviourSchema, test: isBehaviourText });

const IsRates = field({
  name: 'isRates',
  message: 'must map behaviours to percent, 100 in all at most',
  schema: { type: 'object', maxProperties: 20, additionalProperties: { type: 'number', minimum: 0, maximum: 100 } },
  test: (value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
    const percents = Object.values(value as Record<string, unknown>);
    if (percents.length > 20 || !percents.every((percent) => typeof percent === 'number' && percent >= 0)) return false;
    return (percents as number[]).reduce((sum, percent) => sum + percent, 0) <= 100;
  },
});

/** How a partner is to behave from now on; what is left out is as good as can be. */
export class BehaviourBody {
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(LONGEST_NEXT)
  @IsBehaviour({ each: true })
  next?: string[];

  @IsOptional()
  @IsBehaviour()
  then?: string;

  @IsOptional()
  @IsRates()
  rates?: Record<string, number>;

  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(SLOWEST_MS)
  latency_ms?: number;

  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(SLOWEST_MS)
  latency_spread_ms?: number;

  @IsOptional()
  @IsIn(NETWORKS)
  network?: Settings['network'];

  @IsOptional()
  @IsInt()
  @Min(-48)
  @Max(48)
  clock_offset_hours?: number;

  @IsOptional()
  @IsIn(RECORD_FAULTS)
  record_fault?: Settings['record_fault'];
}

const IsCount = field({
  name: 'isCount',
  message: 'must be an integer from 0 to 1000000',
  schema: { type: 'integer', minimum: 0, maximum: 1_000_000 },
  test: (value) => Number.isInteger(value) && (value as number) >= 0 && (value as number) <= 1_000_000,
});

export class CassetteDto {
  @IsMinorUnits()
  note!: number;

  @IsCurrencyCode()
  currency!: string;

  @IsCount()
  count!: number;
}

/** The settings, or the first behaviour that this kind of partner does not have. */
export function settingsOf(body: BehaviourBody, kind: Kind): Settings | FieldError {
  const named: [string, string][] = [
    ...(body.next ?? []).map((text, index): [string, string] => [`/next/${index}`, text]),
    ...(body.then === undefined ? [] : [['/then', body.then] as [string, string]]),
    ...Object.keys(body.rates ?? {}).map((text): [string, string] => [`/rates/${text}`, text]),
  ];
  const wrong = named.find(([, text]) => behaviourOf(text, kind) === undefined);
  if (wrong !== undefined) return { pointer: wrong[0], detail: `is no behaviour of ${kind}; there are ${BEHAVIOUR_NAMES.join(', ')}` };
  const given = Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined)) as Partial<Settings>;
  return { ...GOOD_SETTINGS, ...given };
}
