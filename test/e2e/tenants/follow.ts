import type { TenantGraph } from "./tenant-graph.ts";

type Following = { readonly text: () => string; readonly stop: () => void };

/** Follows a subscription over server-sent events; what has come so far is one text. */
export async function follow({ url }: TenantGraph, user: string, query: string): Promise<Following> {
  const end = new AbortController();
  const response = await open(url, user, { query }, end.signal);
  let text = "";
  const read = async () => {
    for await (const piece of textOf(response)) text += piece;
  };
  read().catch(() => undefined);
  return { text: () => text, stop: () => end.abort() };
}

/** What comes first: an event, or all there is of a refusal. */
export async function firstEvent(
  { url }: TenantGraph,
  user: string,
  query: string,
  variables: object,
): Promise<string> {
  const end = new AbortController();
  let text = "";
  for await (const piece of textOf(await open(url, user, { query, variables }, end.signal))) {
    text += piece;
    if (/^data: ?\S.*\n\n/m.test(text)) break;
  }
  end.abort();
  return text;
}

function open(url: string, user: string, body: object, signal: AbortSignal): Promise<Response> {
  const headers = { authorization: `Bearer ${user}`, "content-type": "application/json", accept: "text/event-stream" };
  return fetch(`${url}/graphql`, { method: "POST", headers, body: JSON.stringify(body), signal });
}

async function* textOf({ body }: Response): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  for await (const piece of body ?? []) yield decoder.decode(piece, { stream: true });
}
