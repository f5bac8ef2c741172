import { text } from "node:stream/consumers";
import type { SubgraphResponse } from "../engine/read-body.ts";
import type { CallAnswer } from "./dispatch-call.ts";

/** An answer as the engine reads it. */
export function responseOf(answer: CallAnswer): SubgraphResponse {
  const { status, headers } = answer;
  const get = (name: string) => {
    const value = headers[name.toLowerCase()];
    return value === undefined ? null : String(value);
  };
  if ("text" in answer) return { status, headers: { get }, text: async () => answer.text };
  return { status, headers: { get }, body: answer.body, text: () => text(answer.body) };
}
