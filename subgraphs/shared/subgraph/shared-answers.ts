import { createHash } from "node:crypto";
import type { DocumentNode } from "graphql";
import { canonicalJson } from "../canonical-json.ts";
import type { Grants } from "../identity/grants.ts";
import type { Answer, Operation } from "./execute-operation.ts";

type Question = {
  /** By `askedKey`. */
  readonly asked: string;
  readonly grants: Grants;
};

/**
 * The answer to an event. It is made once for all who ask for the same with equal grants, as long as the event is the same
 * object; each gets a copy, since a gateway in this process goes on to write into what it is given.
 */
export async function answerTogether<T>(
  event: T,
  { asked, grants }: Question,
  make: (event: T) => Promise<Answer>,
): Promise<Answer> {
  if (typeof event !== "object" || event === null) return make(event);
  const made = answers.get(event) ?? new Map<string, Promise<Answer>>();
  answers.set(event, made);
  const key = `${asked} ${grantsKey(grants)}`;
  const known = made.get(key);
  if (!known) {
    const own = make(event);
    made.set(key, own);
    const answer = await own;
    return answer.errors ? answer : copyOf(answer);
  }
  // What went wrong, or ended, for one is tried again for another: its error names a call, and is in the log under it.
  const answer = await known.catch(() => undefined);
  return answer === undefined || answer.errors ? make(event) : copyOf(answer);
}

/** The same for operations that are word for word the same, with the same variables. */
export function askedKey(document: DocumentNode, { operationName, variables }: Operation): string {
  const number = documents.get(document) ?? ++lastDocument;
  documents.set(document, number);
  return digest([number, operationName ?? null, variables ?? null]);
}

const answers = new WeakMap<object, Map<string, Promise<Answer>>>();
/** Of this process: a document that is parsed once is one object. */
const documents = new WeakMap<DocumentNode, number>();
let lastDocument = 0;

function grantsKey(grants: Grants): string {
  const known = grantsKeys.get(grants);
  if (known !== undefined) return known;
  const told = [...grants].map(([merchant, { permissions, ...grant }]) => [merchant, [...permissions].sort(), grant]);
  const key = digest(told);
  grantsKeys.set(grants, key);
  return key;
}

const grantsKeys = new WeakMap<Grants, string>();

function digest(value: unknown): string {
  return createHash("sha256").update(canonicalJson(value)).digest("base64url");
}

function copyOf<T>(value: T): T {
  if (Array.isArray(value)) return value.map(copyOf) as T;
  if (typeof value !== "object" || value === null) return value;
  // As the answers of graphql-js are: a field may be called `__proto__`.
  const copy: Record<string, unknown> = Object.create(null);
  for (const [name, inner] of Object.entries(value)) copy[name] = copyOf(inner);
  return copy as T;
}
