/** Functions that a model defines itself: how the attributes of a use reach the nodes of the body. */
import type { OnnxAttribute, OnnxFunction, OnnxNode } from './model.ts';

/** The attributes of one use of `used`: those it gives, and the function's own values of the others. */
export function attributesOfUse(used: OnnxFunction, { attributes }: OnnxNode): ReadonlyMap<string, OnnxAttribute> {
  return new Map([...used.defaults, ...attributes]);
}

/** The attributes of a node in the body of a function; one that takes its value from an attribute that the use leaves out is left out, too. */
export function bodyAttributes(
  { attributes }: OnnxNode,
  ofUse: ReadonlyMap<string, OnnxAttribute>,
): ReadonlyMap<string, OnnxAttribute> {
  if (![...attributes.values()].some(({ takenFrom }) => takenFrom !== undefined)) return attributes;
  return new Map(
    [...attributes].flatMap(([name, attribute]): [string, OnnxAttribute][] => {
      if (attribute.takenFrom === undefined) return [[name, attribute]];
      const value = ofUse.get(attribute.takenFrom);
      return value === undefined ? [] : [[name, { ...value, name }]];
    }),
  );
}
