import { type TypedDocumentNode, useMutation } from "urql";
import { useActKey } from "../graph/use-act-key.ts";
import { useStrings } from "../language/language.tsx";
import { accountsStrings } from "./accounts-strings.ts";

type Outcome = { readonly __typename: string; readonly reason?: string };
type Done<D> = D extends { readonly outcome: infer O }
  ? Exclude<O, { readonly __typename: "AccountRefusal" } | null>
  : never;

/** `problem` is in the person's words; what was done is there without one. */
type Answer<D> =
  | { readonly problem: string; readonly done?: never }
  | { readonly problem?: never; readonly done: Done<D> };

/** Sends a change of an account whose answer the document calls `outcome`. Sent again after a lost answer, it is one change. */
export function useChange<
  D extends { readonly outcome: Outcome | null },
  I extends { readonly idempotencyKey: string },
>(document: TypedDocumentNode<D, { readonly input: I }>) {
  const t = useStrings(accountsStrings);
  const keyFor = useActKey();
  const [{ fetching }, run] = useMutation<D, { input: I }>(document as TypedDocumentNode<D, { input: I }>);
  const send = async (asked: Omit<I, "idempotencyKey">): Promise<Answer<D>> => {
    const input = { ...asked, idempotencyKey: keyFor(asked) } as I;
    const { data, error } = await run({ input });
    const outcome = data?.outcome;
    if (outcome && outcome.__typename !== "AccountRefusal") return { done: outcome as Done<D> };
    const reasons: Readonly<Record<string, string>> = t.refusals;
    return { problem: reasons[outcome?.reason ?? ""] ?? error?.graphQLErrors[0]?.message ?? t.failed };
  };
  return { fetching, send };
}
