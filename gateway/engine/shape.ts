import type { GraphQLOutputType } from "graphql";
import { getNullableType, isEnumType, isListType, isNonNullType, isScalarType, isSpecifiedScalarType } from "graphql";
import type { JsonObject } from "./json.ts";

/** How a value of the data becomes a value of the answer. */
export type Shape = { readonly isNonNull: boolean /** `Type.field`, for messages. */; readonly label: string } & (
  | { readonly kind: "leaf"; readonly accepts: (value: unknown) => boolean }
  | { readonly kind: "list"; readonly of: Shape }
  | { readonly kind: "object"; readonly object: ObjectShape }
);

/** One field of a selection set, for one runtime type. */
export type FieldShape = {
  readonly name: string;
  /** What it is called in the data. */
  readonly key: string;
  readonly read: (object: JsonObject) => unknown;
  readonly kind: "value" | "typename" | "introspection";
  readonly shape: Shape;
};

/** The fields asked of one place of the answer, by the type of the object that turns up there. */
export type ObjectShape = {
  /** Undefined when no object of that type can be there. */
  fieldsOf(typename: unknown): readonly FieldShape[] | undefined;
  /** The type's name for the client; undefined when it is not known. */
  nameOf(typename: unknown): string | undefined;
};

export function shapeOf(type: GraphQLOutputType, label: string, object: () => ObjectShape): Shape {
  const isNonNull = isNonNullType(type);
  const nullable = getNullableType(type);
  if (isListType(nullable)) return { kind: "list", isNonNull, label, of: shapeOf(nullable.ofType, label, object) };
  if (isEnumType(nullable)) {
    const values = new Set<unknown>(nullable.getValues().map(({ name }) => name));
    return { kind: "leaf", isNonNull, label, accepts: (value) => values.has(value) };
  }
  if (isScalarType(nullable)) {
    const accepts = isSpecifiedScalarType(nullable) ? SCALARS[nullable.name] : undefined;
    return { kind: "leaf", isNonNull, label, accepts: accepts ?? acceptAnything };
  }
  return { kind: "object", isNonNull, label, object: object() };
}

/** Subgraphs have made these values already; this only keeps one from putting an object where a scalar must be. */
const SCALARS: Readonly<Record<string, (value: unknown) => boolean>> = {
  Boolean: (value) => typeof value === "boolean",
  Float: (value) => typeof value === "number",
  ID: (value) => typeof value === "string" || typeof value === "number",
  Int: (value) => typeof value === "number",
  String: (value) => typeof value === "string",
};

function acceptAnything(): boolean {
  return true;
}
