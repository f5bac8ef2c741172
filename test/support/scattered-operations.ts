import {
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLInputType,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isEnumType,
  isInputObjectType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  isScalarType,
} from "graphql";

type ScatteredOperation = { readonly query: string; readonly variables: Readonly<Record<string, unknown>> };

type Text = () => string;

/**
 * Every field that a client may ask for, with `text` wherever an argument can take it: as variables that fit as far as
 * they can, as variables that fit nowhere, and as literals of the document. A new argument is covered by being there.
 */
export function scatteredOperations(schema: GraphQLSchema, text: Text): ScatteredOperation[] {
  const roots = [
    ["query", schema.getQueryType()],
    ["mutation", schema.getMutationType()],
  ] as const;
  return roots.flatMap(([kind, root]) =>
    Object.values(root?.getFields() ?? {})
      .filter(({ args }) => args.length > 0)
      .flatMap((field) => [
        withVariables(schema, kind, field, (type) => fitting(type, text)),
        withVariables(schema, kind, field, (type) => shaped(type, text)),
        withLiterals(schema, kind, field, text),
      ]),
  );
}

type Field = GraphQLField<unknown, unknown>;

function withVariables(
  schema: GraphQLSchema,
  kind: string,
  { name, args, type }: Field,
  value: (type: GraphQLInputType) => unknown,
): ScatteredOperation {
  const declared = args.map((arg) => `$${arg.name}: ${arg.type}`).join(", ");
  const given = args.map((arg) => `${arg.name}: $${arg.name}`).join(", ");
  return {
    query: `${kind} (${declared}) { ${name}(${given})${selection(schema, type)} }`,
    variables: Object.fromEntries(args.map((arg) => [arg.name, value(arg.type)])),
  };
}

function withLiterals(schema: GraphQLSchema, kind: string, { name, args, type }: Field, text: Text) {
  const given = args.map((arg) => `${arg.name}: ${literal(arg.type, text)}`).join(", ");
  return { query: `${kind} { ${name}(${given})${selection(schema, type)} }`, variables: {} };
}

/** A value that the type takes, with the text wherever that is one. */
function fitting(type: GraphQLInputType, text: Text): unknown {
  if (isNonNullType(type)) return fitting(type.ofType, text);
  if (isListType(type)) return [fitting(type.ofType, text)];
  if (isInputObjectType(type)) return fromFields(Object.values(type.getFields()), (field) => fitting(field, text));
  if (isEnumType(type)) return type.getValues()[0]?.name;
  return VALUES[type.name] ?? text();
}

const VALUES: Readonly<Record<string, unknown>> = {
  Int: 3,
  Boolean: true,
  BigInt: "100",
  Date: "2026-11-02",
  DateTime: "2026-11-02T00:00:00Z",
  Currency: "EUR",
  TimeZone: "Europe/Brussels",
};

/** The shape that the type has, with the text as every value. */
function shaped(type: GraphQLInputType, text: Text): unknown {
  if (isNonNullType(type)) return shaped(type.ofType, text);
  if (isListType(type)) return [shaped(type.ofType, text)];
  if (isInputObjectType(type)) return fromFields(Object.values(type.getFields()), (field) => shaped(field, text));
  return text();
}

const fromFields = (fields: readonly GraphQLInputField[], value: (type: GraphQLInputType) => unknown) =>
  Object.fromEntries(fields.map((field) => [field.name, value(field.type)]));

function literal(type: GraphQLInputType, text: Text): string {
  if (isNonNullType(type)) return literal(type.ofType, text);
  if (isListType(type)) return `[${literal(type.ofType, text)}]`;
  if (isInputObjectType(type))
    return `{ ${Object.values(type.getFields())
      .map((field) => member(field, text))
      .join(", ")} }`;
  if (isEnumType(type)) return `${type.getValues()[0]?.name}`;
  return isScalarType(type) && type.name in VALUES ? JSON.stringify(VALUES[type.name]) : JSON.stringify(text());
}

const member = ({ name, type }: GraphQLArgument | GraphQLInputField, text: Text) => `${name}: ${literal(type, text)}`;

/** What an answer is read by: the text of a refusal where one may come. */
function selection(schema: GraphQLSchema, output: GraphQLOutputType): string {
  const type = getNamedType(output);
  if (isLeafType(type)) return "";
  const refusals = isAbstractType(type)
    ? schema.getPossibleTypes(type).filter((possible) => isObjectType(possible) && "message" in possible.getFields())
    : [];
  return ` { __typename ${refusals.map(({ name }) => `... on ${name} { message }`).join(" ")} }`;
}
