import { z } from 'zod';

/** Keys that the object at a path of a schema may have; empty where the schema has no object there. */
export function keysAt(schema: z.core.$ZodType, path: readonly PropertyKey[]): readonly string[] {
  let candidates = unwrap(schema);
  for (const step of path) candidates = candidates.flatMap((one) => descend(one, step));
  return candidates.flatMap((one) => (one instanceof z.ZodObject ? Object.keys(one.shape) : []));
}

/** What a schema is beneath its defaults and options; several where it is a union. */
function unwrap(schema: z.core.$ZodType): z.core.$ZodType[] {
  if (
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault ||
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodExactOptional ||
    schema instanceof z.ZodNullable ||
    schema instanceof z.ZodReadonly
  ) {
    return unwrap(schema.def.innerType);
  }
  if (schema instanceof z.ZodPipe) {
    // z.preprocess() is a transform in front, x.transform() one behind.
    const { in: before, out: after } = schema.def;
    return unwrap(before instanceof z.ZodTransform ? after : before);
  }
  if (schema instanceof z.ZodUnion) return schema.def.options.flatMap(unwrap);
  return [schema];
}

function descend(schema: z.core.$ZodType, step: PropertyKey): z.core.$ZodType[] {
  if (schema instanceof z.ZodArray) return unwrap(schema.def.element);
  if (schema instanceof z.ZodRecord) return unwrap(schema.def.valueType);
  if (!(schema instanceof z.ZodObject)) return [];
  const child: z.core.$ZodType | undefined = schema.shape[String(step)];
  return child === undefined ? [] : unwrap(child);
}
