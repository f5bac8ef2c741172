import fc from "fast-check";
import {
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isCompositeType,
  isInterfaceType,
  isObjectType,
} from "graphql";

/** By the variables $a and $b, both Boolean. */
export const DIRECTIVES = ["", "", "", " @include(if: $a)", " @skip(if: $a)", " @include(if: $b)", " @skip(if: true)"];

/** What may be given to a field, as it stands in a document without its brackets; none where it takes nothing. */
export type Arguments = (field: GraphQLField<unknown, unknown>) => readonly string[];

type Choices = {
  readonly schema: GraphQLSchema;
  readonly argumentsOf: Arguments;
  /** Of a field or a fragment, one of these. */
  readonly directives: readonly string[];
};

/** A selection set of a type. Aliases carry the arguments, so that fields that merge are the same field. */
export function selectionOf(type: GraphQLCompositeType, depth: number, choices: Choices): fc.Arbitrary<string> {
  const { schema, argumentsOf, directives } = choices;
  const inner = (of: GraphQLOutputType): fc.Arbitrary<string> => {
    const named = getNamedType(of);
    if (!isCompositeType(named)) return fc.constant("");
    return selectionOf(named, depth - 1, choices).map((selection) => ` ${selection}`);
  };
  const fields = "getFields" in type ? Object.values(type.getFields()) : [];
  const usable = fields.filter((field) => depth > 0 || !isCompositeType(getNamedType(field.type)));
  const parts: fc.Arbitrary<string>[] = usable.map((field) => {
    const choice = argumentsOf(field);
    const given = choice.length > 0 ? fc.constantFrom(...choice) : fc.constant("");
    return fc
      .tuple(given, fc.constantFrom("", "x", "constructor"), fc.constantFrom(...directives), inner(field.type))
      .map(([given, prefix, directive, selection]) => {
        const alias = given || prefix ? `${prefix}_${field.name}_${given.replace(/\W/g, "")}: ` : "";
        return `${alias}${field.name}${given && `(${given})`}${directive}${selection}`;
      });
  });
  parts.push(fc.constantFrom("__typename", "kind: __typename"));
  if (depth > 0) {
    const types: GraphQLCompositeType[] = [type];
    if (isAbstractType(type)) types.push(...schema.getPossibleTypes(type));
    if (isObjectType(type) || isInterfaceType(type)) types.push(...type.getInterfaces());
    parts.push(
      ...types.map((condition) =>
        fc
          .tuple(fc.constantFrom(...directives), selectionOf(condition, depth - 1, choices))
          .map(([directive, selection]) => `... on ${condition.name}${directive} ${selection}`),
      ),
    );
  }
  return fc.array(fc.oneof(...parts), { minLength: 1, maxLength: 5 }).map((chosen) => `{ ${chosen.join(" ")} }`);
}
