import { AppError } from "../../subgraphs/shared/errors.ts";
import { answer, answerJson } from "../http/answer.ts";
import type { Exchange } from "../http/exchange.ts";
import { type BodyLimits, readBytes } from "../http/read-json.ts";
import type { Handler } from "../http/router.ts";
import type { Metrics, WebhookOutcome } from "../metrics/create-metrics.ts";

/** A provider's message as it arrived: whoever takes it in proves it, over these very bytes. */
type WebhookDelivery = {
  readonly body: Buffer;
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** `?account=` of the address. */
  readonly account: string | undefined;
};

/** Takes a message in; its answer goes out as it is, `text` as plain text and `body` as JSON. */
export type ReceiveWebhook = (
  provider: string,
  delivery: WebhookDelivery,
) => Promise<{ readonly status: number; readonly text?: string; readonly body?: unknown }>;

export type WebhookOptions = { readonly providers: readonly string[]; readonly receive: ReceiveWebhook };

type EndpointOptions = Partial<WebhookOptions> & BodyLimits;

/** `POST /webhooks/:provider` for each provider that is set up; there is nothing at the address of any other. */
export function createWebhookRoutes(
  { providers = [], receive, ...limits }: EndpointOptions,
  metrics: Metrics | undefined,
): readonly (readonly [string, { readonly GET?: Handler; readonly POST?: Handler }])[] {
  if (!receive) return [];
  return providers.map((provider) => {
    const count = (outcome: WebhookOutcome) => metrics?.webhook(provider, outcome);
    return [`/webhooks/${provider}`, { POST: createEndpoint(provider, { receive, limits, count }) }];
  });
}

type Parts = {
  readonly receive: ReceiveWebhook;
  readonly limits: BodyLimits;
  readonly count: (outcome: WebhookOutcome) => void;
};

function createEndpoint(provider: string, { receive, limits, count }: Parts): Handler {
  return async (exchange) => {
    const { response } = exchange;
    try {
      const { status, text, body } = await receive(provider, await deliveryOf(exchange, limits));
      count(outcomeOf(status));
      if (text === undefined) answerJson(response, status, body);
      else answer(response, status, text, { "content-type": "text/plain; charset=utf-8" });
    } catch (error) {
      count(error instanceof AppError && error.code !== "SUBGRAPH_UNAVAILABLE" ? "invalid" : "failed");
      throw error;
    }
  };
}

function outcomeOf(status: number): WebhookOutcome {
  if (status < 300) return "kept";
  return status === 401 ? "refused" : "invalid";
}

async function deliveryOf({ request, query }: Exchange, limits: BodyLimits): Promise<WebhookDelivery> {
  if ((request.headers["content-encoding"] ?? "identity") !== "identity") {
    throw new AppError("UNSUPPORTED_MEDIA_TYPE", "Webhooks are taken without Content-Encoding: send them as they are.");
  }
  const headers = Object.entries(request.headers).flatMap(([name, value]) =>
    typeof value === "string" ? [[name, value] as const] : [],
  );
  const body = await readBytes(request, limits);
  return { body, headers: Object.fromEntries(headers), account: query.get("account") ?? undefined };
}
