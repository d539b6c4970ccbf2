/** The published JSON Schema of the language, asked what may stand at a place. */
import language from "../../../../fixtures/schema/lifecycle.v1.schema.json";

export interface Schema {
  readonly $ref?: string;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
  readonly patternProperties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly type?: string | readonly string[];
}

export interface Offer {
  readonly text: string;
  readonly description: string;
}

const root = language as unknown as Schema & { readonly $defs: Readonly<Record<string, Schema>> };

/** The schemas that hold at a path of a catalog or a segment; several where the language leaves a choice. */
export function schemasAt(kind: "catalog" | "segment", path: readonly string[]): Schema[] {
  return path.reduce<Schema[]>((found, token) => found.flatMap((each) => step(each, token)), alternatives(root.$defs[kind] ?? {}));
}

/** Keys that may be written at a path. */
export function keysAt(kind: "catalog" | "segment", path: readonly string[]): Offer[] {
  const offers = schemasAt(kind, path).flatMap((each) => Object.entries(each.properties ?? {}));
  return [...new Map(offers.map(([key, schema]) => [key, { text: key, description: described(schema) }] as const)).values()];
}

/** Fixed words that may be the value at a path. */
export function valuesAt(kind: "catalog" | "segment", path: readonly string[]): Offer[] {
  const words = schemasAt(kind, path).flatMap((each) => [...(each.enum ?? []), ...(each.const === undefined ? [] : [each.const])]);
  const flags = schemasAt(kind, path).some((each) => each.type === "boolean") ? [true, false] : [];
  return [...new Set([...words, ...flags].map(String))].map((text) => ({ text, description: "" }));
}

function step(schema: Schema, token: string): Schema[] {
  if (token === "[]") return schema.items === undefined ? [] : alternatives(schema.items);
  const named = schema.properties?.[token];
  if (named !== undefined) return alternatives(named);
  const pattern = Object.entries(schema.patternProperties ?? {}).find(([each]) => new RegExp(each, "u").test(token));
  if (pattern !== undefined) return alternatives(pattern[1]);
  return typeof schema.additionalProperties === "object" ? alternatives(schema.additionalProperties) : [];
}

function alternatives(schema: Schema): Schema[] {
  const parts = [...(schema.anyOf ?? []), ...(schema.oneOf ?? []), ...(schema.allOf ?? [])];
  const referred = schema.$ref === undefined ? [] : alternatives(root.$defs[schema.$ref.replace("#/$defs/", "")] ?? {});
  return [schema, ...referred, ...parts.flatMap(alternatives)];
}

function described(schema: Schema): string {
  return alternatives(schema).find((each) => each.description !== undefined)?.description ?? "";
}
