import { GraphQLError } from "graphql";
import type { ErrorCode } from "../../subgraphs/shared/errors.ts";
import type { Limits } from "./limits.ts";

/** A limit that a request can exceed; the parser itself counts tokens. */
export type LimitName = Exclude<keyof Limits, "tokens" | "defaultListSize" | "unpagedListSize">;

/** Refuses what exceeds a limit; `extensions.limit` names it and the message says what to change. */
export function exceeded(limit: LimitName, found: number, { [limit]: allowed }: Limits): GraphQLError {
  return refusal("OPERATION_TOO_LARGE", SENTENCES[limit](found, allowed), limit);
}

/** Refuses a value that no limit would make acceptable. */
export function unacceptable(message: string, limit?: LimitName): GraphQLError {
  return refusal("INVALID_INPUT", message, limit);
}

function refusal(code: ErrorCode, message: string, limit: LimitName | undefined): GraphQLError {
  return new GraphQLError(message, { extensions: { code, ...(limit !== undefined && { limit }) } });
}

const SENTENCES: Readonly<Record<LimitName, (found: number, allowed: number) => string>> = {
  depth: (found, allowed) =>
    `The operation is ${found} levels deep, ${allowed} are allowed: ask for the inner part by id in a second request.`,
  aliases: (found, allowed) =>
    `The operation has ${count(found)} aliases, ${allowed} are allowed: ask for the rest in another request.`,
  rootFields: (found, allowed) =>
    `The operation has ${count(found)} root fields, ${allowed} are allowed: split it into several operations.`,
  directives: (found, allowed) =>
    `The document has ${found} directives, ${allowed} are allowed: put one @include on a fragment, not on each field.`,
  fragments: (found, allowed) =>
    `The document has ${found} fragments, ${allowed} are allowed: send only those that this operation spreads.`,
  selections: (found, allowed) =>
    `The operation selects ${count(found)} fields with its fragments unfolded, ${allowed} are allowed: select fewer.`,
  repeats: (found, allowed) =>
    `The document selects ${found} fields a second time in the same place, ${allowed} are allowed: select each once.`,
  conditionVariables: (found, allowed) =>
    `${found} variables decide @skip and @include, ${allowed} may: send the variants as operations of their own.`,
  listSize: (found, allowed) =>
    `A list of ${found} rows was asked for, ${allowed} is the most: take pages with \`after\` or \`before\`.`,
  cost: (found, allowed) =>
    `The operation may return ${count(found)} rows, ${allowed} are allowed: lower \`first\` or nest fewer lists.`,
  valueDepth: (_, allowed) => `A value is nested more than ${allowed} levels deep: send a flatter one.`,
  stringLength: (found, allowed) => `A text has ${found} characters, ${allowed} are allowed: send a shorter one.`,
  arrayLength: (found, allowed) =>
    `A list of values has ${found} members, ${allowed} are allowed: send it in several requests.`,
};

/** Fragments unfolded, a number may have a hundred digits. */
function count(found: number): string {
  return found <= 1_000_000 ? `${found}` : "more than a million";
}
