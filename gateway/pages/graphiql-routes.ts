import { createHash } from "node:crypto";
import { answer } from "../http/answer.ts";
import type { Exchange } from "../http/exchange.ts";
import type { Handler } from "../http/router.ts";
import { GRAPHIQL_CSP, GRAPHIQL_LAYOUT_CSS, GRAPHIQL_START_JS, renderGraphiqlPage } from "./graphiql-page.ts";

type Asset = { readonly type: "text/css" | "text/javascript"; readonly body: Buffer; readonly etag: string };

/**
 * GraphiQL by path, all of it served from here, so that it works without a network.
 * @param users names of the demo users, none where demo sign-in is off
 */
export function createGraphiqlRoutes(users: readonly string[]): ReadonlyMap<string, { readonly GET: Handler }> {
  const page = renderGraphiqlPage(users);
  const headers = { "content-type": "text/html; charset=utf-8", "content-security-policy": GRAPHIQL_CSP };
  const routes = new Map([["/graphiql", { GET: ({ response }: Exchange) => answer(response, 200, page, headers) }]]);
  const assets = createAssets();
  const serve: Handler = async (exchange) => answerAsset(exchange, (await assets()).get(exchange.path));
  for (const name of ASSET_NAMES) routes.set(`/graphiql/${name}`, { GET: serve });
  return routes;
}

const ASSET_NAMES = ["graphiql.css", "graphiql.js", "start.js", "editorWorkerService.js", "json.js", "graphql.js"];

/** The package is nine megabytes: it is loaded when someone first opens the page. */
function createAssets(): () => Promise<ReadonlyMap<string, Asset>> {
  let loading: Promise<ReadonlyMap<string, Asset>> | undefined;
  return () => {
    loading ??= loadAssets();
    return loading;
  };
}

async function loadAssets(): Promise<ReadonlyMap<string, Asset>> {
  const parts = await import("@graphql-yoga/render-graphiql/graphiql");
  return new Map([
    ["/graphiql/graphiql.css", asset("text/css", parts.css + GRAPHIQL_LAYOUT_CSS)],
    ["/graphiql/graphiql.js", asset("text/javascript", parts.js)],
    ["/graphiql/start.js", asset("text/javascript", GRAPHIQL_START_JS)],
    ["/graphiql/editorWorkerService.js", asset("text/javascript", parts.editorWorkerService)],
    ["/graphiql/json.js", asset("text/javascript", parts.jsonWorker)],
    ["/graphiql/graphql.js", asset("text/javascript", parts.graphqlWorker)],
  ]);
}

function asset(type: Asset["type"], text: string): Asset {
  const body = Buffer.from(text);
  return { type, body, etag: `"${createHash("sha256").update(body).digest("base64url")}"` };
}

/** Kept by the browser, which asks each time whether it is still the same. */
function answerAsset({ request, response }: Exchange, found: Asset | undefined): void {
  if (!found) return;
  const headers = { "content-type": `${found.type}; charset=utf-8`, "cache-control": "no-cache", etag: found.etag };
  if (request.headers["if-none-match"] === found.etag) answer(response, 304, "", headers);
  else answer(response, 200, found.body, headers);
}
