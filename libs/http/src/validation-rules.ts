import { defaultMetadataStorage } from 'class-transformer/cjs/storage.js';
import { getMetadataStorage, type ValidationArguments, type ValidatorConstraintInterface } from 'class-validator';

export type DtoClass<Dto extends object = object> = new () => Dto;

/** What class-validator's decorators say about one property, looked up once instead of on every request. */
export interface PropertyRules {
  readonly name: string;
  /** `@IsOptional()` and `@ValidateIf()`: when one says no, nothing else is asked. */
  readonly conditions: readonly ((dto: object, value: unknown) => boolean)[];
  readonly checks: readonly PropertyCheck[];
  readonly nested: { readonly rules: () => DtoRules; readonly each: boolean } | undefined;
}

export interface PropertyCheck {
  /** `isInt`, `maxLength` … */
  readonly name: string;
  readonly constraint: ValidatorConstraintInterface;
  readonly each: boolean;
  readonly arguments: readonly unknown[];
}

export interface DtoRules {
  readonly dtoClass: DtoClass;
  readonly properties: readonly PropertyRules[];
  readonly names: ReadonlySet<string>;
}

/** A DTO that uses what is not supported here: found when the route is registered, never by a request. */
export class UnsupportedDto extends Error {
  override readonly name = 'UnsupportedDto';
}

const known = new WeakMap<DtoClass, DtoRules>();

/** The rules of a DTO class; `UnsupportedDto` when it has none or uses decorators that change values. */
export function rulesOf(dtoClass: DtoClass): DtoRules {
  let rules = known.get(dtoClass);
  if (!rules) {
    rules = compile(dtoClass);
    known.set(dtoClass, rules);
    for (const property of rules.properties) property.nested?.rules();
  }
  return rules;
}

type Metadata = ReturnType<ReturnType<typeof getMetadataStorage>['getTargetValidationMetadatas']>[number];

function compile(dtoClass: DtoClass): DtoRules {
  const storage = getMetadataStorage();
  const metadatas = storage.getTargetValidationMetadatas(dtoClass, '', false, false);
  if (metadatas.length === 0) throw new UnsupportedDto(`${dtoClass.name} has no validation decorators, so nothing would be checked`);
  const byName = new Map<string, Metadata[]>();
  for (const metadata of metadatas) byName.set(metadata.propertyName, [...(byName.get(metadata.propertyName) ?? []), metadata]);
  const properties = [...byName].map(([name, ofProperty]) => compileProperty(dtoClass, name, ofProperty));
  return { dtoClass, properties, names: new Set(byName.keys()) };
}

function compileProperty(dtoClass: DtoClass, name: string, metadatas: readonly Metadata[]): PropertyRules {
  const storage = getMetadataStorage();
  const where = `${dtoClass.name}.${name}`;
  refuseUnsupported(dtoClass, where, name, metadatas);
  const checks = metadatas
    .filter((metadata) => metadata.type === 'customValidation')
    .flatMap((metadata) =>
      storage.getTargetValidatorConstraints(metadata.constraintCls).map((constraint): PropertyCheck => {
        if (constraint.async) throw new UnsupportedDto(`${where}: asynchronous validators are not supported`);
        return {
          name: constraint.name,
          constraint: constraint.instance,
          each: metadata.each === true,
          arguments: (metadata.constraints ?? []) as readonly unknown[],
        };
      }),
    );
  const nested = metadatas.find((metadata) => metadata.type === 'nestedValidation');
  return {
    name,
    checks,
    conditions: metadatas
      .filter((metadata) => metadata.type === 'conditionalValidation')
      .map((metadata) => metadata.constraints[0] as PropertyRules['conditions'][number]),
    nested: nested && { each: nested.each === true, rules: nestedRules(dtoClass, where, name) },
  };
}

function nestedRules(dtoClass: DtoClass, where: string, name: string): () => DtoRules {
  const declared = defaultMetadataStorage.findTypeMetadata(dtoClass, name);
  if (!declared) throw new UnsupportedDto(`${where}: @ValidateNested() needs @Type(() => …)`);
  if (declared.options?.discriminator) throw new UnsupportedDto(`${where}: discriminators are not supported`);
  let rules: DtoRules | undefined;
  return () => (rules ??= rulesOf(declared.typeFunction() as DtoClass));
}

function refuseUnsupported(dtoClass: DtoClass, where: string, name: string, metadatas: readonly Metadata[]): void {
  if (
    metadatas.some(
      (metadata) => (metadata.groups?.length ?? 0) > 0 || metadata.validateIf !== undefined || metadata.type === 'promiseValidation',
    )
  ) {
    throw new UnsupportedDto(`${where}: groups, validateIf and promises are not supported`);
  }
  const isNested = metadatas.some((metadata) => metadata.type === 'nestedValidation');
  const changesValue =
    defaultMetadataStorage.findTransformMetadatas(dtoClass, name, 0).length > 0 ||
    defaultMetadataStorage.findExposeMetadata(dtoClass, name) !== undefined ||
    defaultMetadataStorage.findExcludeMetadata(dtoClass, name) !== undefined ||
    (!isNested && defaultMetadataStorage.findTypeMetadata(dtoClass, name) !== undefined);
  if (changesValue)
    throw new UnsupportedDto(`${where}: a DTO holds what was sent; convert it in the controller, not with class-transformer`);
}

/** What a check is told besides the value. */
export function argumentsOf(
  rules: DtoRules,
  property: PropertyRules,
  check: PropertyCheck,
  dto: object,
  value: unknown,
): ValidationArguments {
  return { targetName: rules.dtoClass.name, property: property.name, object: dto, value, constraints: check.arguments as unknown[] };
}
