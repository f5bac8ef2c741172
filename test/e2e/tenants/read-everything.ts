import type { Ledger } from "../../support/ledger.ts";
import type { Generated } from "./generate-operations.ts";
import { foreignMarks, lookThrough, type MerchantNumber, merchantIdOf, type Owners, timeless } from "./marks.ts";
import type { Reply, TenantGraph } from "./tenant-graph.ts";

/** Ids by the type of what they name, as its own people see them. */
export type Ids = ReadonlyMap<string, readonly string[]>;

export type Reader = { readonly user: string; readonly own: readonly MerchantNumber[]; readonly ids: Ids };

export type Reading = {
  readonly fields: number;
  readonly foreign: readonly string[];
  /** Operations whose answers had errors, with the first; then what was logged of failures. */
  readonly failed: readonly string[];
  /** Each answer by the reader and the query. */
  readonly answers: ReadonlyMap<string, string>;
};

/** How many operations are under way at a time: about as many as there are connections. */
const AT_ONCE = 6;

/** Asks every operation as every reader, and looks through all that comes back and all that is logged. */
export async function readEverything(
  graph: TenantGraph,
  operations: readonly Generated[],
  readers: readonly Reader[],
  owners: Owners,
): Promise<Reading> {
  const answers = new Map<string, string>();
  const foreign: string[] = [];
  const failed: string[] = [];
  let fields = 0;
  for (const reader of readers) {
    const { user, own, ids } = reader;
    const failedBefore = failed.length;
    graph.takeLog();
    await inParts(operations, async (operation) => {
      const { root, query, byId, type } = operation;
      const variables = { ...(byId && { id: ids.get(type)?.[0] ?? "none" }), merchantId: own.map(merchantIdOf)[0] };
      const reply = await askPlanned(graph, user, operation, variables);
      const body = JSON.parse(reply.text) as { readonly data?: unknown; readonly errors?: unknown };
      answers.set(`${user} ${query}`, timeless(reply.text));
      if (body.errors !== undefined) failed.push(`${root} ${reply.text.slice(0, 300)} ${query.slice(0, 200)}`);
      const seen = lookThrough(body.data, own, owners);
      fields += seen.fields;
      foreign.push(
        ...seen.foreign.map((found) => `${user} read ${found} by ${query}`),
        ...strayMarks(reply, body.errors, reader, owners),
      );
    });
    const logged = graph.takeLog();
    foreign.push(...foreignMarks(logged, own).map((mark) => `${mark} in the log of ${user}`));
    if (failed.length > failedBefore) failed.push(...failuresIn(logged));
  }
  return { fields, foreign, failed, answers };
}

/** What the log says of a failure that its answer shows by its id alone. */
function failuresIn(log: string): readonly string[] {
  return log.split("\n").filter((line) => line.includes('"errorId"'));
}

/**
 * From what reconciliation knows of a transaction the planner finds no way to the fields that a provider's subgraph adds
 * to it. Such a query is asked without them; the same fields are read from the list of transactions.
 */
async function askPlanned(graph: TenantGraph, user: string, { query, plain }: Generated, variables: object) {
  const reply = await graph.ask(user, query, variables);
  return reply.text.includes('"QUERY_PLANNING_FAILED"') ? graph.ask(user, plain, variables) : reply;
}

function strayMarks({ headers }: Reply, errors: unknown, { user, own }: Reader, owners: Owners): readonly string[] {
  return [
    ...foreignMarks(headers, own).map((mark) => `${mark} in headers to ${user}`),
    ...lookThrough(errors, own, owners).foreign.map((found) => `${found} in errors to ${user}`),
  ];
}

async function inParts<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const rest = items.values();
  const lane = async () => {
    for (const item of rest) await work(item);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
}

/** The ids of one merchant by type: from what its administrator reads, and of questions that no list shows. */
export async function idsOf(
  graph: TenantGraph,
  ledger: Ledger,
  operations: readonly Generated[],
  number: MerchantNumber,
  user: string,
): Promise<Ids> {
  const found = new Map<string, Set<string>>();
  const keep = (type: string, id: string) => found.set(type, (found.get(type) ?? new Set()).add(id));
  const visit = (value: unknown): void => {
    if (value === null || typeof value !== "object") return;
    const { __typename: type, id, hash, claimId } = value as Readonly<Record<string, unknown>>;
    if (typeof type === "string" && typeof id === "string") keep(type, id);
    if (type === "RuleSet" && typeof hash === "string") keep(type, hash);
    if (typeof claimId === "string") keep("Claim", claimId);
    for (const item of Object.values(value)) visit(item);
  };
  await inParts(
    operations.filter(({ byId }) => !byId),
    async (operation) =>
      visit(JSON.parse((await askPlanned(graph, user, operation, { merchantId: merchantIdOf(number) })).text)),
  );
  const trials = await ledger.rows<{ id: string; kind: string }>(
    "select id, kind from reconciliation.trial where merchant_id = $1",
    [merchantIdOf(number)],
  );
  for (const { id, kind } of trials) keep(kind === "PREVIEW" ? "RulePreview" : "RunReplay", id);
  for (const type of ["CcvPayTransaction", "VoucherTransaction", "AcquirerTransaction"]) {
    for (const id of found.get(type) ?? []) keep("Transaction", id);
  }
  return new Map([...found].map(([type, ids]) => [type, [...ids]]));
}
