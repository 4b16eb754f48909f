/** Looks into a zod schema: which fields an object at some place of a document may have. Used to say what an unknown field should have been. */
import { z } from 'zod';
import type { Path } from './errors.ts';

/** Names of the fields that `schema` knows at `path`, of all alternatives there; none where anything goes. */
export function fieldsAt(schema: z.core.$ZodType, path: Path): string[] {
  let places = alternatives(schema);
  for (const part of path) places = places.flatMap((place) => inside(place, part)).flatMap(alternatives);
  return [...new Set(places.flatMap((place) => (place instanceof z.ZodObject ? Object.keys(place.shape) : [])))];
}

/** The schemas a value may have to match, without wrappers such as optional, default and transform. */
function alternatives(schema: z.core.$ZodType): z.core.$ZodType[] {
  if (schema instanceof z.ZodUnion) return schema.options.flatMap(alternatives);
  if (schema instanceof z.ZodPipe) return alternatives(schema.in);
  if (
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodNullable ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault
  )
    return alternatives(schema.unwrap());
  return [schema];
}

function inside(schema: z.core.$ZodType, part: string | number): z.core.$ZodType[] {
  if (schema instanceof z.ZodObject) {
    const field: z.core.$ZodType | undefined = schema.shape[part];
    return field === undefined ? [] : [field];
  }
  if (schema instanceof z.ZodArray) return [schema.element];
  if (schema instanceof z.ZodRecord) return [schema.valueType];
  return [];
}
