import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Metrics } from "./create-metrics.ts";

export type MetricsServer = { readonly url: string; close(): Promise<void> };

/** Answers GET /metrics to this machine alone: operation names and loads are the operator's business. */
export function serveMetrics(metrics: Metrics, port: number): Promise<MetricsServer> {
  const server = createServer({ headersTimeout: 5_000, requestTimeout: 5_000 }, (request, response) => {
    if (request.method !== "GET" || request.url !== "/metrics") {
      response.writeHead(404).end();
      return;
    }
    metrics.text().then(
      ({ contentType, body }) => response.writeHead(200, { "content-type": contentType }).end(body),
      () => response.writeHead(500).end(),
    );
  });
  return new Promise((resolve, reject) => {
    server.once("error", reject).listen({ host: "127.0.0.1", port }, () => {
      resolve({
        url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/metrics`,
        close: () =>
          new Promise((closed) => {
            server.close(() => closed());
            server.closeAllConnections();
          }),
      });
    });
  });
}
