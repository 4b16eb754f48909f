/** Reads the JSON Schema of a scheduler's options into the fields of a form, and checks values against it. */
import { plainWords } from '#shared/domain/words.ts';
import { formatCount, formatNumber } from '../format.ts';

interface FieldBase {
  /** From the options' root. */
  readonly path: readonly string[];
  readonly title: string;
  readonly description: string;
  /** Whether it is one of the few that are chosen first, as its schema says; of a group, whether any of its options is. */
  readonly isBasic: boolean;
}

export interface NumberField extends FieldBase {
  readonly kind: 'number';
  readonly isInteger: boolean;
  readonly minimum: number | undefined;
  readonly maximum: number | undefined;
  /** Whether minimum and maximum themselves are left out. */
  readonly isMinimumExclusive: boolean;
  readonly isMaximumExclusive: boolean;
  readonly step: number;
  readonly defaultValue: number | undefined;
}

export interface ChoiceField extends FieldBase {
  readonly kind: 'choice';
  readonly choices: readonly string[];
  readonly defaultValue: string | undefined;
}

/** Several of some choices, in the order in which they were chosen. */
export interface ChoicesField extends FieldBase {
  readonly kind: 'choices';
  readonly choices: readonly string[];
  readonly fewest: number;
  readonly most: number | undefined;
  readonly defaultValue: readonly string[] | undefined;
}

export interface SwitchField extends FieldBase {
  readonly kind: 'switch';
  readonly defaultValue: boolean | undefined;
}

export interface TextField extends FieldBase {
  readonly kind: 'text';
  readonly defaultValue: string | undefined;
}

/** Any texts, in their order: edited with one on each line. */
export interface TextsField extends FieldBase {
  readonly kind: 'texts';
  readonly most: number | undefined;
  readonly defaultValue: readonly string[] | undefined;
}

/** Anything else, edited as JSON. */
export interface JsonField extends FieldBase {
  readonly kind: 'json';
  readonly defaultValue: unknown;
}

export interface GroupField extends FieldBase {
  readonly kind: 'group';
  readonly fields: readonly OptionField[];
}

export type LeafField = NumberField | ChoiceField | ChoicesField | SwitchField | TextField | TextsField | JsonField;
export type OptionField = LeafField | GroupField;

/** zod writes these for whole numbers without a bound of their own. */
const SAFE = Number.MAX_SAFE_INTEGER;

/** The fields of an object schema, in its order. */
export function fieldsOf(schema: Readonly<Record<string, unknown>>, path: readonly string[] = []): OptionField[] {
  return Object.entries(recordOf(schema['properties'])).map(([name, property]) =>
    fieldOf(recordOf(property), [...path, name]),
  );
}

function fieldOf(schema: Record<string, unknown>, path: readonly string[]): OptionField {
  const base = {
    path,
    title: textOf(schema['title']) ?? words(path[path.length - 1] ?? ''),
    description: textOf(schema['description']) ?? '',
    isBasic: schema['isBasic'] === true,
  };
  const given = schema['default'];
  if (isTexts(schema['enum'])) return { ...base, kind: 'choice', choices: schema['enum'], defaultValue: textOf(given) };
  switch (schema['type']) {
    case 'integer':
    case 'number': {
      const isInteger = schema['type'] === 'integer';
      const exclusiveMinimum = numberOf(schema['exclusiveMinimum']);
      const exclusiveMaximum = numberOf(schema['exclusiveMaximum']);
      return {
        ...base,
        kind: 'number',
        isInteger,
        minimum: exclusiveMinimum ?? boundOf(schema['minimum']),
        maximum: exclusiveMaximum ?? boundOf(schema['maximum']),
        isMinimumExclusive: exclusiveMinimum !== undefined,
        isMaximumExclusive: exclusiveMaximum !== undefined,
        step: numberOf(schema['multipleOf']) ?? stepFor(isInteger, numberOf(given), boundOf(schema['maximum'])),
        defaultValue: numberOf(given),
      };
    }
    case 'array': {
      const { enum: choices, type } = recordOf(schema['items']);
      if (type === 'string' && choices === undefined)
        return {
          ...base,
          kind: 'texts',
          most: numberOf(schema['maxItems']),
          defaultValue: isTexts(given) ? given : undefined,
        };
      if (!isTexts(choices)) return { ...base, kind: 'json', defaultValue: given };
      return {
        ...base,
        kind: 'choices',
        choices,
        fewest: numberOf(schema['minItems']) ?? 0,
        most: numberOf(schema['maxItems']),
        defaultValue: isTexts(given) ? given : undefined,
      };
    }
    case 'boolean':
      return { ...base, kind: 'switch', defaultValue: typeof given === 'boolean' ? given : undefined };
    case 'string':
      return { ...base, kind: 'text', defaultValue: textOf(given) };
    case 'object':
      if (schema['properties'] !== undefined) {
        const fields = fieldsOf(schema, path);
        return { ...base, kind: 'group', fields, isBasic: fields.some(({ isBasic }) => isBasic) };
      }
      return { ...base, kind: 'json', defaultValue: given };
    default:
      return { ...base, kind: 'json', defaultValue: given };
  }
}

/** Every field that has a value of its own, groups opened. */
export function leavesOf(fields: readonly OptionField[]): LeafField[] {
  return fields.flatMap((field) => (field.kind === 'group' ? leavesOf(field.fields) : [field]));
}

/** The defaults of a schema as one object. */
export function defaultsOf(schema: Readonly<Record<string, unknown>>): Record<string, unknown> {
  let options: Record<string, unknown> = {};
  for (const field of leavesOf(fieldsOf(schema)))
    if (field.defaultValue !== undefined) options = withValue(options, field.path, field.defaultValue);
  return options;
}

/** The value at `path`, or undefined. */
export function valueAt(options: Readonly<Record<string, unknown>>, path: readonly string[]): unknown {
  let value: unknown = options;
  for (const part of path) value = recordOf(value)[part];
  return value;
}

/** `options` with the value at `path` replaced, or taken out where it is undefined; objects left empty go too. */
export function withValue(
  options: Readonly<Record<string, unknown>>,
  path: readonly string[],
  value: unknown,
): Record<string, unknown> {
  const [head, ...rest] = path;
  if (head === undefined) return { ...options };
  const { [head]: old, ...others } = options;
  const next = rest.length === 0 ? value : withValue(recordOf(old), rest, value);
  const isEmpty = next === undefined || (rest.length > 0 && Object.keys(recordOf(next)).length === 0);
  if (isEmpty) return others;
  return { ...options, [head]: next };
}

/** What is wrong with `value` in `field`, in words, or undefined. An undefined value stands for the default. */
export function problemOf(field: LeafField, value: unknown): string | undefined {
  if (value === undefined) return field.defaultValue === undefined && field.kind !== 'json' ? 'is needed' : undefined;
  if (field.kind === 'number') {
    if (typeof value !== 'number' || !Number.isFinite(value)) return 'must be a number';
    if (field.isInteger && !Number.isInteger(value)) return 'must be a whole number';
    if (field.minimum !== undefined && (field.isMinimumExclusive ? value <= field.minimum : value < field.minimum))
      return `must be ${field.isMinimumExclusive ? 'more than' : 'at least'} ${plain(field.minimum)}`;
    if (field.maximum !== undefined && (field.isMaximumExclusive ? value >= field.maximum : value > field.maximum))
      return `must be ${field.isMaximumExclusive ? 'less than' : 'at most'} ${plain(field.maximum)}`;
  }
  if (field.kind === 'choice' && (typeof value !== 'string' || !field.choices.includes(value)))
    return `must be one of ${field.choices.join(', ')}`;
  if (field.kind === 'choices') {
    if (!isTexts(value) || value.some((choice) => !field.choices.includes(choice)))
      return `must be some of ${field.choices.join(', ')}`;
    if (value.length < field.fewest) return `must be at least ${plain(field.fewest)} of them`;
    if (field.most !== undefined && value.length > field.most) return `must be at most ${plain(field.most)} of them`;
  }
  if (field.kind === 'texts') {
    if (!isTexts(value)) return 'must be a list of texts';
    if (field.most !== undefined && value.length > field.most) return `must be at most ${plain(field.most)} lines`;
  }
  if (field.kind === 'switch' && typeof value !== 'boolean') return 'must be on or off';
  return undefined;
}

/** "0 … 1", "at least 2", or nothing. */
export function rangeOf(field: NumberField): string {
  const { minimum, maximum } = field;
  if (minimum !== undefined && maximum !== undefined) return `${plain(minimum)} … ${plain(maximum)}`;
  if (minimum !== undefined) return `${field.isMinimumExclusive ? 'more than' : 'at least'} ${plain(minimum)}`;
  return maximum === undefined ? '' : `at most ${plain(maximum)}`;
}

/** "single_point" and "populationSize" as words, with a capital. */
export function words(name: string): string {
  const lower = plainWords(name);
  return lower.charAt(0).toUpperCase() + lower.slice(1);
}

/** What an option is called when it appears among others: with the group that it belongs to. */
export function fullTitleOf({ path, title }: OptionField): string {
  return path.length > 1 ? `${words(path[0] ?? '')}: ${title.toLowerCase()}` : title;
}

function stepFor(isInteger: boolean, given: number | undefined, maximum: number | undefined): number {
  if (isInteger) return given !== undefined && given >= 50 ? 10 : 1;
  if (maximum !== undefined && maximum <= 1) return given !== undefined && given > 0 && given < 0.1 ? 0.01 : 0.05;
  return 0.1;
}

function plain(value: number): string {
  return Number.isInteger(value) ? formatCount(value) : formatNumber(value);
}

function boundOf(value: unknown): number | undefined {
  const number = numberOf(value);
  return number === undefined || Math.abs(number) >= SAFE ? undefined : number;
}

function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((entry) => typeof entry === 'string');
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function recordOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}
