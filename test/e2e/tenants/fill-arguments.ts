import {
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLInputType,
  type GraphQLNamedType,
  getNamedType,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isScalarType,
  parse,
  print,
} from "graphql";
import type { Ids } from "./read-everything.ts";

/** Where an argument names a thing by its id: `input.matchId`. */
export type IdPlace = { readonly path: string; readonly type: string };

type Inputs = readonly (GraphQLArgument | GraphQLInputField)[];

/** Every place of a root field, inputs within inputs too, that takes an id. */
export function idPlaces(field: GraphQLField<unknown, unknown>): readonly IdPlace[] {
  return placesIn(field.args, "", field);
}

function placesIn(inputs: Inputs, above: string, field: GraphQLField<unknown, unknown>): IdPlace[] {
  return inputs.flatMap(({ name, type }) => {
    const named = getNamedType(type);
    const path = above + name;
    if (isInputObjectType(named)) return placesIn(Object.values(named.getFields()), `${path}.`, field);
    return named.name === "ID" ? [{ path, type: typeNamedBy(name, named, field) }] : [];
  });
}

/** What an id is one of, by the name of its argument; a plain `id` is of what the field gives or its name ends in. */
function typeNamedBy(name: string, _type: GraphQLNamedType, field: GraphQLField<unknown, unknown>): string {
  const told = TYPES[name];
  if (told !== undefined) return told;
  if (name !== "id") return capitalised(name.replace(/Ids?$/, ""));
  const ending = ENDINGS.find(([end]) => field.name.endsWith(end));
  return ending?.[1] ?? getNamedType(field.type).name;
}

const TYPES: Readonly<Record<string, string>> = {
  merchants: "Merchant",
  locations: "Location",
  terminals: "Terminal",
  runId: "ReconciliationRun",
  lineId: "SettlementLine",
  lineIds: "SettlementLine",
  claimIds: "Claim",
  hash: "RuleSet",
  ids: "Discrepancy",
  assigneeId: "Viewer",
  groupId: "UserGroup",
  userId: "User",
  keyId: "MachineKey",
  endpointId: "WebhookEndpoint",
  viewId: "SavedView",
};

const ENDINGS = [
  ["SettlementFile", "SettlementFile"],
  ["ReconciliationRun", "ReconciliationRun"],
  ["cancelReconciliation", "ReconciliationRun"],
  ["cancelExport", "Export"],
  ["saveReport", "Report"],
] as const;

const capitalised = (text: string) => `${text[0]?.toUpperCase()}${text.slice(1)}`;

/** Which id to put at a place; undefined leaves the argument out where it may be left out. */
export type ChooseId = (place: IdPlace) => string | undefined;

/** The arguments of a root field: whatever must be there, by its scalar where `values` has one, and each id that is chosen. */
export function fillArguments(
  field: GraphQLField<unknown, unknown>,
  choose: ChooseId,
  values: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> {
  const places = new Map(idPlaces(field).map((place) => [place.path, place]));
  const fill = (inputs: Inputs, above: string): Record<string, unknown> => {
    const filled = inputs.map(({ name, type }): [string, unknown] => [name, valueAt(name, type, above)]);
    return Object.fromEntries(filled.filter(([, value]) => value !== undefined));
  };
  const valueAt = (name: string, type: GraphQLInputType, above: string): unknown => {
    const path = above + name;
    const place = places.get(path);
    const named = getNamedType(type);
    if (place) {
      const id = choose(place) ?? (isNonNullType(type) ? "none" : undefined);
      return id !== undefined && isListType(getNullableType(type)) ? [id] : id;
    }
    if (isInputObjectType(named)) {
      const inner = fill(Object.values(named.getFields()), `${path}.`);
      return isNonNullType(type) || Object.keys(inner).length > 0 ? inner : undefined;
    }
    return isNonNullType(type) || WANTED.has(name) ? (values[named.name] ?? plainValue(name, named)) : undefined;
  };
  return fill(field.args, "");
}

/** May be left out, and refused without. */
const WANTED = new Set(["reason"]);

let keys = 0;

function plainValue(name: string, type: GraphQLNamedType): unknown {
  if (name === "idempotencyKey") return `key-${++keys}`;
  if (name in TEXTS) return TEXTS[name];
  if (isEnumType(type)) return type.getValues()[0]?.name;
  if (!isScalarType(type)) throw new Error(`there is no value for "${name}" of ${type.name}: give one here`);
  return SCALARS[type.name] ?? "because";
}

const TEXTS: Readonly<Record<string, unknown>> = {
  cron: "30 6 * * *",
  provider: "adyen",
  days: 3,
  email: "new@example.com",
  country: "BE",
  rules: "{}",
  content: "{}",
};

const SCALARS: Readonly<Record<string, unknown>> = {
  Int: 3,
  Boolean: true,
  BigInt: "100",
  Currency: "EUR",
  TimeZone: "Europe/Brussels",
  Date: "2026-11-02",
  DateTime: new Date(Date.now() + 86_400_000).toISOString(),
};

/** An operation of one root field with variables of the same names as its arguments. */
export function operationWith(kind: string, field: GraphQLField<unknown, unknown>, selection: string): string {
  const declared = field.args.map(({ name, type }) => `$${name}: ${String(type)}`).join(", ");
  const passed = field.args.map(({ name }) => `${name}: $${name}`).join(", ");
  const text = passed
    ? `${kind} (${declared}) { ${field.name}(${passed}) ${selection} }`
    : `${kind} { ${field.name} ${selection} }`;
  return print(parse(text));
}

/** Ids of one merchant, the first of each type. */
export const firstOf =
  (ids: Ids): ChooseId =>
  ({ type }) =>
    ids.get(type)?.[0];
