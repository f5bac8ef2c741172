/** A step of a query plan, as the gateway tells it: the fetches that it makes, and in which order. */
export type PlanNode =
  | { readonly kind: "Sequence" | "Parallel"; readonly nodes: readonly PlanNode[] }
  | { readonly kind: "Flatten"; readonly path: readonly PathPart[]; readonly node: PlanNode }
  | {
      readonly kind: "Condition";
      readonly condition: string;
      readonly ifClause?: PlanNode;
      readonly elseClause?: PlanNode;
    }
  | { readonly kind: "Fetch" | "BatchFetch"; readonly serviceName: string; readonly operation: string };

type PathPart = "@" | { readonly Field: string } | { readonly TypeCondition: readonly string[] };

/** `plan` is undefined where the gateway keeps it from whoever asks, and null where nothing has to be fetched. */
export type Explained = {
  readonly plan: PlanNode | null | undefined;
  /** All that was answered, the plan left out, as indented JSON. */
  readonly answer: string;
  readonly ms: number;
};

type Body = {
  readonly extensions?: { readonly plan?: { readonly node?: PlanNode } } & Readonly<Record<string, unknown>>;
};

/**
 * Runs an operation and asks for its plan along with the answer.
 * @throws Error where the gateway does not answer with JSON
 */
export async function explain(token: string, query: string): Promise<Explained> {
  const from = performance.now();
  const response = await fetch("/graphql", {
    method: "POST",
    headers: {
      authorization: `Bearer ${token}`,
      accept: "application/graphql-response+json, application/json",
      "content-type": "application/json",
      "x-concord-explain": "1",
    },
    body: JSON.stringify({ query }),
  });
  const { extensions, ...body } = (await response.json()) as Body;
  const { plan, ...others } = extensions ?? {};
  const rest = Object.keys(others).length > 0 ? { ...body, extensions: others } : body;
  return {
    plan: plan && (plan.node ?? null),
    answer: JSON.stringify(rest, null, 2),
    ms: Math.round(performance.now() - from),
  };
}

/** `transactions.edges.@.node`, as it is read in an error. */
export function pathText(path: readonly PathPart[]): string {
  return path
    .map((part) => (part === "@" ? "[ ]" : "Field" in part ? part.Field : `(${part.TypeCondition.join(" | ")})`))
    .join(" › ");
}
