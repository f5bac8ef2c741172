import { createHash } from "node:crypto";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { codegen } from "@graphql-codegen/core";
import * as operationTypes from "@graphql-codegen/typescript-operations";
import type { DocumentNode, FragmentDefinitionNode, GraphQLSchema, OperationDefinitionNode } from "graphql";
import { Kind, parse, print, printSchema, validate, visit } from "graphql";

/** The text of each document by its id, as the gateway reads it. */
export type Manifest = Readonly<Record<string, string>>;

type Source = { readonly path: string; readonly document: DocumentNode };

/**
 * Writes, for each `.graphql` file of the portal, a module of the same name under `generated/` with the types of what
 * it asks and a document for each operation.
 * @returns the texts of all operations by their ids
 * @throws Error that names the file, for what the schema does not have
 */
export async function generateOperations(
  schema: GraphQLSchema,
  folder: string,
  paths: readonly string[],
): Promise<Manifest> {
  const sources = await Promise.all(
    paths.map(async (path) => ({ path, document: parse(await readFile(path, "utf8")) }) satisfies Source),
  );
  const fragments = new Map(
    sources.flatMap(({ document }) => fragmentsOf(document).map((each) => [each.name.value, each])),
  );
  const target = join(folder, "generated");
  await rm(target, { recursive: true, force: true });
  const texts: Record<string, string> = {};
  for (const { path, document } of sources) {
    const whole = withFragments(document, fragments);
    const [problem] = validate(schema, whole).filter(({ message }) => !/^Fragment ".*" is never used/.test(message));
    if (problem) throw new Error(`${relative(folder, path)}: ${problem.message}`);
    const documents = operationsOf(document).map((operation) => {
      const text = print(withFragments({ kind: Kind.DOCUMENT, definitions: [operation] }, fragments));
      const id = `sha256:${createHash("sha256").update(text).digest("hex")}`;
      texts[id] = text;
      return documentOf(operation, id);
    });
    const file = join(target, relative(folder, path).replace(/\.graphql$/, ".ts"));
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, [HEAD, await typesOf(schema, path, whole), ...documents].join("\n"));
  }
  return texts;
}

const HEAD = `import type { TypedDocumentNode } from "urql";\n`;

const CONFIG = {
  scalars: Object.fromEntries(
    ["BigInt", "Currency", "Date", "DateTime", "TimeZone"].map((name) => [name, { input: "string", output: "string" }]),
  ),
  immutableTypes: true,
  enumType: "string-literal",
};

function typesOf(schema: GraphQLSchema, path: string, document: DocumentNode): Promise<string> {
  return codegen({
    filename: path,
    schema: parse(printSchema(schema)),
    schemaAst: schema,
    documents: [{ location: path, document }],
    plugins: [{ operations: {} }],
    pluginMap: { operations: operationTypes },
    config: CONFIG,
  });
}

/** The gateway has its text: only its id and what kind it is are needed here. */
function documentOf({ name, operation }: OperationDefinitionNode, id: string): string {
  const stem = name?.value ?? "";
  const kind = `${operation.charAt(0).toUpperCase()}${operation.slice(1)}`;
  const type = `TypedDocumentNode<${stem}${kind}, ${stem}${kind}Variables>`;
  const selectionSet = { kind: Kind.SELECTION_SET, selections: [] };
  const definition = { kind: Kind.OPERATION_DEFINITION, operation, selectionSet };
  const document = { kind: Kind.DOCUMENT, documentId: id, definitions: [definition] };
  return `export const ${stem}Document = ${JSON.stringify(document)} as unknown as ${type};\n`;
}

function operationsOf({ definitions }: DocumentNode): OperationDefinitionNode[] {
  return definitions.filter((each) => each.kind === Kind.OPERATION_DEFINITION);
}

function fragmentsOf({ definitions }: DocumentNode): FragmentDefinitionNode[] {
  return definitions.filter((each) => each.kind === Kind.FRAGMENT_DEFINITION);
}

/** With what it spreads from other files as well. */
function withFragments(document: DocumentNode, known: ReadonlyMap<string, FragmentDefinitionNode>): DocumentNode {
  const present = new Set(fragmentsOf(document).map(({ name }) => name.value));
  const missing = new Map<string, FragmentDefinitionNode>();
  visit(document, {
    FragmentSpread({ name: { value } }) {
      const fragment = known.get(value);
      if (fragment && !present.has(value)) missing.set(value, fragment);
    },
  });
  if (missing.size === 0) return document;
  return withFragments({ ...document, definitions: [...document.definitions, ...missing.values()] }, known);
}
