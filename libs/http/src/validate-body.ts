import { plainToInstance } from 'class-transformer';
import { validateSync, type ValidationError } from 'class-validator';
import { clipped, pointerTo } from './json-pointer.js';
import { Problem, type FieldError } from './problem.js';
import { argumentsOf, rulesOf, type DtoClass, type DtoRules, type PropertyRules } from './validation-rules.js';

/** How strict every edge is. Nest's `ValidationPipe` gets the same where it is used. */
export const VALIDATION = {
  whitelist: true,
  forbidNonWhitelisted: true,
  forbidUnknownValues: true,
  validationError: { target: false, value: false },
} as const;

export const MOST_ERRORS_SHOWN = 50;
const UNKNOWN_MEMBER = 'is not a known member';

export type Validated<Dto> = { readonly dto: Dto } | { readonly errors: readonly FieldError[] };

/**
 * An instance of the class, or what is wrong and where. Deciding is done here, with the rules class-validator's decorators left;
 * class-validator itself runs only to explain a refusal, since running it costs more than everything else a request does.
 */
export function validateBody<Dto extends object>(dtoClass: DtoClass<Dto>, plain: unknown): Validated<Dto> {
  const fault: Fault = { pointer: '', detail: 'must be a JSON object' };
  const dto = build(rulesOf(dtoClass), plain, '', fault);
  return dto === undefined ? { errors: explain(dtoClass, plain, fault) } : { dto: dto as Dto };
}

/** The same as a thrown 400. */
export function requireBody<Dto extends object>(dtoClass: DtoClass<Dto>, plain: unknown): Dto {
  if (plain === undefined || plain === null) throw new Problem('malformed-json', 'The body is empty; a JSON document is needed.');
  const result = validateBody(dtoClass, plain);
  if ('dto' in result) return result.dto;
  throw validationProblem(result.errors, 'The body is not valid');
}

/** The parameters behind the question mark: each at most once, none that is not documented. All stay strings. */
export function requireQuery<Dto extends object>(dtoClass: DtoClass<Dto>, query: unknown): Dto {
  refuseRepeated(query);
  const result = validateBody(dtoClass, query);
  if ('dto' in result) return result.dto;
  const errors = result.errors.map(({ pointer, detail }) => ({ pointer: pointer.slice(1), detail }));
  throw validationProblem(errors, 'A query parameter is not valid');
}

/** For routes that know no query parameters. */
export function refuseQuery(query: unknown): void {
  if (typeof query !== 'object' || query === null) return;
  refuseRepeated(query);
  const errors = Object.keys(query).map((name) => ({ pointer: clipped(name), detail: 'is not a known parameter' }));
  if (errors.length > 0) throw validationProblem(errors.slice(0, MOST_ERRORS_SHOWN), 'A query parameter is not valid');
}

export function validationProblem(errors: readonly FieldError[], summary: string): Problem {
  const [first] = errors;
  const detail = first ? `${summary}: ${first.pointer === '' ? '' : `${first.pointer} `}${first.detail}` : summary;
  return new Problem('validation-failed', `${detail}.`, { errors });
}

function refuseRepeated(query: unknown): void {
  for (const [name, value] of Object.entries(query as object)) {
    if (typeof value !== 'string')
      throw validationProblem([{ pointer: clipped(name), detail: 'is given more than once' }], 'A query parameter is not valid');
  }
}

interface Fault {
  pointer: string;
  detail: string;
}

/** The instance, or undefined with the first fault filled in. */
function build(rules: DtoRules, plain: unknown, pointer: string, fault: Fault): object | undefined {
  if (typeof plain !== 'object' || plain === null || Array.isArray(plain)) return refuse(fault, pointer, 'must be a JSON object');
  const dto = new rules.dtoClass() as Record<string, unknown>;
  for (const name in plain) {
    if (!rules.names.has(name)) return refuse(fault, pointerTo(pointer, name), UNKNOWN_MEMBER);
    dto[name] = (plain as Record<string, unknown>)[name];
  }
  const { properties } = rules;
  for (let index = 0; index < properties.length; index += 1) {
    if (!buildProperty(rules, properties[index] as PropertyRules, dto, pointer, fault)) return undefined;
  }
  return dto;
}

function buildProperty(rules: DtoRules, property: PropertyRules, dto: Record<string, unknown>, pointer: string, fault: Fault): boolean {
  const { name, conditions, checks, nested } = property;
  const value = dto[name];
  for (let index = 0; index < conditions.length; index += 1) {
    if (!conditions[index]?.(dto, value)) {
      // Absent and null are the same to everything behind the edge.
      if (value === null) dto[name] = undefined;
      return true;
    }
  }
  for (let index = 0; index < checks.length; index += 1) {
    const check = checks[index] as PropertyRules['checks'][number];
    const details = argumentsOf(rules, property, check, dto, value);
    const isValid =
      check.each && Array.isArray(value)
        ? value.every((item) => check.constraint.validate(item, details) === true)
        : check.constraint.validate(value, details) === true;
    if (!isValid) return refuse(fault, `${pointer}/${name}`, 'is not valid') !== undefined;
  }
  if (!nested) return true;
  const built = nested.each
    ? buildList(nested.rules(), value, `${pointer}/${name}`, fault)
    : build(nested.rules(), value, `${pointer}/${name}`, fault);
  dto[name] = built;
  return built !== undefined;
}

function buildList(rules: DtoRules, value: unknown, pointer: string, fault: Fault): object[] | undefined {
  if (!Array.isArray(value)) return refuse(fault, pointer, 'must be a list');
  const list: object[] = [];
  for (let index = 0; index < value.length; index += 1) {
    const item = build(rules, value[index], `${pointer}/${index}`, fault);
    if (item === undefined) return undefined;
    list.push(item);
  }
  return list;
}

function refuse(fault: Fault, pointer: string, detail: string): undefined {
  fault.pointer = pointer;
  fault.detail = detail;
  return undefined;
}

/** Everything that is wrong, in class-validator's words; our own where it sees nothing wrong (a list in place of an object). */
function explain(dtoClass: DtoClass, plain: unknown, fault: Fault): FieldError[] {
  const errors: FieldError[] = [];
  if (typeof plain === 'object' && plain !== null && !Array.isArray(plain)) {
    listUnknown(rulesOf(dtoClass), plain, '', errors);
    collect(validateSync(plainToInstance(dtoClass, plain), VALIDATION), '', errors);
  }
  const shown = errors.filter(({ pointer }, index) => errors.findIndex((other) => other.pointer === pointer) === index);
  if (!shown.some(({ pointer }) => pointer === fault.pointer)) shown.unshift({ ...fault });
  return shown.slice(0, MOST_ERRORS_SHOWN);
}

/** class-validator takes members called like something that every object inherits (`constructor`) for known ones. */
function listUnknown(rules: DtoRules, plain: unknown, pointer: string, errors: FieldError[]): void {
  if (typeof plain !== 'object' || plain === null || Array.isArray(plain)) return;
  for (const name of Object.keys(plain)) {
    if (errors.length >= MOST_ERRORS_SHOWN) return;
    if (!rules.names.has(name)) errors.push({ pointer: pointerTo(pointer, name), detail: UNKNOWN_MEMBER });
  }
  for (const { name, nested } of rules.properties) {
    if (!nested) continue;
    const value = (plain as Record<string, unknown>)[name];
    const below = pointerTo(pointer, name);
    if (!nested.each) listUnknown(nested.rules(), value, below, errors);
    else if (Array.isArray(value)) value.forEach((item, index) => listUnknown(nested.rules(), item, pointerTo(below, index), errors));
  }
}

/** class-validator's tree as a list of JSON Pointers. */
export function collect(tree: readonly ValidationError[], parent: string, errors: FieldError[]): void {
  for (const { property, constraints, children } of tree) {
    if (errors.length >= MOST_ERRORS_SHOWN) return;
    const pointer = property === undefined ? parent : pointerTo(parent, property);
    if (constraints) errors.push({ pointer, detail: describe(constraints) });
    if (children) collect(children, pointer, errors);
  }
}

function describe(constraints: Readonly<Record<string, string>>): string {
  if (constraints['whitelistValidation'] !== undefined) return UNKNOWN_MEMBER;
  if (constraints['nestedValidation'] !== undefined) return 'must be a JSON object';
  return Object.values(constraints).join('; ');
}
