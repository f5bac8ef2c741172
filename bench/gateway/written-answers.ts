import type { DocumentNode, FragmentDefinitionNode, SelectionSetNode, ValueNode } from "graphql";
import { getOperationAST, Kind, parse } from "graphql";
import { type Family, familyOf, indexOf, rowOf } from "./rows.ts";

type Variables = Readonly<Record<string, unknown>>;
type Fragments = ReadonlyMap<string, FragmentDefinitionNode>;
/** Writes the JSON of one object of a row. */
type Write = (values: Readonly<Record<string, unknown>>, typename: string) => string;

/**
 * Compiles a subgraph's query to what writes its answer straight from the row numbers: the same text as an executor's,
 * for next to no CPU, so that a measurement is bounded by the gateway. It knows this benchmark's fields and no more.
 */
export function compileAnswer(query: string): (variables: Variables) => string {
  const document = parse(query, { noLocation: true });
  const operation = getOperationAST(document);
  if (!operation) throw new Error("the query names no operation");
  const fields = operation.selectionSet.selections.map((node) => {
    if (node.kind !== Kind.FIELD || !node.selectionSet) throw new Error("a root field with a selection was expected");
    const name = node.name.value;
    const given = new Map(node.arguments?.map((argument) => [argument.name.value, argument.value]));
    const write = compileRow(node.selectionSet, fragmentsOf(document));
    const head = `${JSON.stringify(node.alias?.value ?? name)}:`;
    return (variables: Variables) => head + rootField(name, (key) => givenValue(given.get(key), variables), write);
  });
  return (variables) => `{"data":{${fields.map((field) => field(variables)).join(",")}}}`;
}

function rootField(name: string, argument: (key: string) => unknown, write: (index: number) => string): string {
  if (name === "transaction") return write(indexOf(String(argument("id"))));
  if (name === "_entities")
    return listOf(argument("representations") as { id: string }[], ({ id }) => indexOf(id), write);
  if (name !== "transactions") throw new Error(`an unknown root field ${name}`);
  const after = Number(argument("after"));
  return listOf(Array(Number(argument("first"))).fill(after), (from, position) => from + position, write);
}

function listOf<T>(
  items: readonly T[],
  indexAt: (item: T, position: number) => number,
  write: (index: number) => string,
): string {
  let text = "[";
  for (let position = 0; position < items.length; position++) {
    if (position > 0) text += ",";
    text += write(indexAt(items[position] as T, position));
  }
  return `${text}]`;
}

function compileRow(selectionSet: SelectionSetNode, fragments: Fragments): (index: number) => string {
  const byFamily = new Map<Family, Write>();
  return (index) => {
    const family = familyOf(index);
    const write = byFamily.get(family) ?? compileObject([selectionSet], family, fragments);
    byFamily.set(family, write);
    return write(rowOf(index), family);
  };
}

type Selected = { readonly name: string; readonly inner: SelectionSetNode[] };

function compileObject(sets: readonly SelectionSetNode[], typename: string, fragments: Fragments): Write {
  const selected = new Map<string, Selected>();
  for (const set of sets) collect(set, typename, fragments, selected);
  const fields = [...selected].map(([key, { name, inner }], position) => {
    const head = `${position > 0 ? "," : "{"}${JSON.stringify(key)}:`;
    const write = inner.length > 0 ? compileObject(inner, "Money", fragments) : undefined;
    return { head, name, write };
  });
  return (values, own) => {
    let text = "";
    for (const { head, name, write } of fields) {
      const value = name === "__typename" ? own : values[name];
      text += head;
      if (write) text += write(value as Readonly<Record<string, unknown>>, "Money");
      // No text of a row has a character that JSON escapes.
      else text += typeof value === "string" ? `"${value}"` : String(value);
    }
    return `${text}}`;
  };
}

function collect(set: SelectionSetNode, typename: string, fragments: Fragments, into: Map<string, Selected>): void {
  for (const node of set.selections) {
    if (node.kind === Kind.FIELD) {
      const key = node.alias?.value ?? node.name.value;
      const entry = into.get(key) ?? { name: node.name.value, inner: [] };
      if (node.selectionSet) entry.inner.push(node.selectionSet);
      into.set(key, entry);
      continue;
    }
    const fragment = node.kind === Kind.FRAGMENT_SPREAD ? fragments.get(node.name.value) : node;
    const condition = fragment?.typeCondition?.name.value;
    const applies = condition === undefined || condition === typename || condition === "Transaction";
    if (fragment && applies) collect(fragment.selectionSet, typename, fragments, into);
  }
}

function fragmentsOf({ definitions }: DocumentNode): Fragments {
  return new Map(
    definitions.flatMap((node) => (node.kind === Kind.FRAGMENT_DEFINITION ? [[node.name.value, node]] : [])),
  );
}

function givenValue(node: ValueNode | undefined, variables: Variables): unknown {
  if (node?.kind === Kind.VARIABLE) return variables[node.name.value];
  return node && "value" in node ? node.value : undefined;
}
