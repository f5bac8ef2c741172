import { MERCHANT } from "./trade.ts";

/** What a person asks of a gateway, and may ask again when no answer comes: a note, a run, or a file to take in. */
export type Ask =
  | { readonly kind: "COMMENT"; readonly discrepancyId: string; readonly key: string }
  | { readonly kind: "RUN"; readonly key: string }
  | { readonly kind: "UPLOAD"; readonly content: string };

/** An administrator of the merchant. */
export const PERSON = "ann";

const COMMENT = `mutation ($input: CommentDiscrepancyInput!) {
  answer: commentDiscrepancy(input: $input) { __typename ... on Discrepancy { id comments { authorId text } } }
}`;
const RUN = `mutation ($input: StartReconciliationInput!) {
  answer: startReconciliation(input: $input) { __typename ... on ReconciliationRun { id mode } }
}`;

/** The answer, or undefined where the gateway died before it gave one. */
export async function ask(gateway: string, asked: Ask): Promise<string | undefined> {
  try {
    if (asked.kind === "UPLOAD") {
      const { id, ...rest } = await post(
        `${gateway}/files?name=sent&merchant=${MERCHANT}`,
        "application/octet-stream",
        asked.content,
      );
      if (typeof id !== "string") throw new Error(`the file was not taken in: ${JSON.stringify(rest)}`);
      return id;
    }
    const { kind, ...names } = asked;
    const input =
      kind === "COMMENT"
        ? { discrepancyId: asked.discrepancyId, text: `noted as ${names.key}`, idempotencyKey: names.key }
        : { merchantId: MERCHANT, mode: "COMMIT", idempotencyKey: names.key };
    const body = JSON.stringify({ query: kind === "COMMENT" ? COMMENT : RUN, variables: { input } });
    const { data, errors } = await post(`${gateway}/graphql`, "application/json", body);
    if (errors) throw new Error(`the graph answered with errors: ${JSON.stringify(errors)}`);
    return JSON.stringify(data);
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}

async function post(url: string, contentType: string, body: string): Promise<Record<string, unknown>> {
  const headers = { "content-type": contentType, authorization: `Bearer ${PERSON}` };
  const response = await fetch(url, { method: "POST", headers, body, signal: AbortSignal.timeout(20_000) });
  return (await response.json()) as Record<string, unknown>;
}
