import { carriedTrace, inSpan, markFailed } from "../../subgraphs/shared/trace.ts";
import type { SubgraphCaller, SubgraphFetch } from "../engine/subgraph.ts";

/** Puts each call of a subgraph over HTTP into a span that the subgraph goes on with. */
export function traceFetch(fetch: SubgraphFetch, nameOf: (url: string) => string | undefined): SubgraphFetch {
  return (url, init) => {
    const subgraph = nameOf(url) ?? "unknown";
    return inSpan(
      `call ${subgraph}`,
      { kind: "client", attributes: { "concord.subgraph": subgraph } },
      async (span) => {
        if (!span) return fetch(url, init);
        const traceparent = carriedTrace();
        const headers = traceparent === undefined ? init.headers : { ...init.headers, traceparent };
        const { method, body, cancellation, signal } = init;
        const response = await fetch(url, { method, headers, body, signal, ...(cancellation && { cancellation }) });
        span.setAttribute("http.response.status_code", response.status);
        if (response.status >= 500) markFailed(span, String(response.status));
        return response;
      },
    );
  };
}

/** The same for a subgraph in this process. */
export function traceCaller(subgraph: string, call: SubgraphCaller): SubgraphCaller {
  const traced: SubgraphCaller = (request) =>
    inSpan(`call ${subgraph}`, { attributes: { "concord.subgraph": subgraph } }, () => call(request));
  return call.subscribe ? Object.assign(traced, { subscribe: call.subscribe }) : traced;
}
