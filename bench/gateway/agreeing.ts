import type { Answering } from "./answering.ts";
import type { Case } from "./cases.ts";
import { FLOOR } from "./contestants.ts";
import type { Gateway, Graph } from "./processes.ts";

type Options = {
  readonly gateways: readonly Gateway[];
  readonly cases: readonly Case[];
  readonly answerings: readonly Answering[];
  readonly graph: Graph;
  /** Those left out are put here with the reason. */
  readonly absent: Record<string, string>;
};

/** A gateway that gives another answer than the first is not measured: being wrong can be fast. */
export async function agreeing({ gateways, cases, answerings, graph, absent }: Options): Promise<Gateway[]> {
  const expected = new Map<Case, string>();
  const variables = new Map(cases.map((asked) => [asked, asked.variables()]));
  const headers = { "content-type": "application/json", authorization: `Bearer ${graph.signIn.token}` };

  async function isWrong({ url }: Gateway, asked: Case): Promise<boolean> {
    const body = JSON.stringify({ query: asked.query, variables: variables.get(asked) });
    const answer = await (await fetch(url, { method: "POST", headers, body })).json();
    const text = JSON.stringify(sorted(answer));
    if (!expected.has(asked)) expected.set(asked, text);
    return text.length < 150 * asked.rows || text !== expected.get(asked);
  }

  for (const answering of answerings) {
    await graph.answerAs(answering);
    for (const gateway of gateways) {
      if (gateway.name === FLOOR) continue;
      for (const asked of cases) {
        if (await isWrong(gateway, asked)) absent[gateway.name] = `gives another answer to ${asked.name}, ${answering}`;
      }
    }
  }
  return gateways.filter(({ name }) => absent[name] === undefined);
}

/** The same data with its keys in one order: not every gateway keeps that of the query. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, sorted(inner)]));
}
