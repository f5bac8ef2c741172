import type { Log } from "../subgraphs/shared/log.ts";
import type { DevelopmentIssuer } from "./development-issuer.ts";
import type { SubgraphCaller } from "./engine/subgraph.ts";
import type { SendExport } from "./files/exports-endpoint.ts";
import type { ReceiveFile } from "./files/files-endpoint.ts";
import type { Readiness } from "./health.ts";
import type { Identity } from "./http/authenticate.ts";
import type { LimitsOptions } from "./limits/limits.ts";
import type { Metrics } from "./metrics/create-metrics.ts";
import type { PortalOptions } from "./portal/portal-routes.ts";
import type { RateLimiter } from "./rate-limit/rate-limiter.ts";
import type { SubgraphFetchOptions } from "./subgraph-fetch.ts";
import type { TrustedDocuments } from "./trusted-documents/trusted-documents.ts";
import type { WebhookOptions } from "./webhooks/webhooks-endpoint.ts";

export type GatewayConfig = {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** How long one GraphQL request may take; default 10 s. */
  readonly deadlineMs?: number;
  /** Largest GraphQL body; default 100 kB. */
  readonly maxBodyBytes?: number;
  /** Largest uploaded file; default 100 MB. */
  readonly maxFileBytes?: number;
  /** How long a body, or the next piece of a file, may keep us waiting; default 8 s and 60 s. */
  readonly bodyTimeoutMs?: number;
  /** Largest body of a webhook; default 256 kB. */
  readonly maxWebhookBytes?: number;
  readonly fileIdleMs?: number;
  /** Origins whose pages may read answers, as a browser writes them (`https://app.example`); default none. */
  readonly corsOrigins?: readonly string[];
  /** Proxies whose `X-Forwarded-For` is believed, as addresses and subnets (`10.0.0.0/8`); default none. */
  readonly trustedProxies?: readonly string[];
  /** How long browsers are told to come by HTTPS only, where something in front ends TLS; default 0: not told. */
  readonly hstsSeconds?: number;
  /** Most operations under way at a time; default 256. */
  readonly maxInFlight?: number;
  /** Most sockets of one user at a time, and most operations over sockets and event streams; default 20 of each. */
  readonly maxSocketsPerUser?: number;
  readonly maxStreamsPerUser?: number;
  /** How often a socket or a stream without events shows that it lives; default 15 s. */
  readonly heartbeatMs?: number;
  /** Where GET /metrics is answered, to this machine alone; nowhere when left out. 0 takes any free port. */
  readonly metricsPort?: number | undefined;
  /** How long to go on serving while /ready says no, so that a load balancer can notice; default 0. */
  readonly noticeMs?: number;
  /** How long requests under way may take to finish once the gateway closes; default 8 s. */
  readonly drainMs?: number;
};

export type GatewayOptions = {
  /** Other numbers that are told with the gateway's own. */
  readonly moreMetrics?: Pick<Metrics, "text"> | undefined;
  readonly config: GatewayConfig;
  readonly log: Log;
  readonly supergraphSdl: string;
  /** Subgraphs that are called in this process, by name; the others are called over HTTP. */
  readonly callers?: Readonly<Record<string, SubgraphCaller>>;
  /** How subgraphs are called over HTTP: who signs the calls, and what replaces the usual limits. */
  readonly calls?: Pick<SubgraphFetchOptions, "sign" | "settings">;
  readonly identity: Identity;
  readonly receiveFile: ReceiveFile;
  /** Who has the files that people asked for; there is nothing at /exports without. */
  readonly sendExport?: SendExport;
  /** Who has the documents of closings; there is nothing at /closings without. */
  readonly sendClosing?: SendExport;
  /** Providers whose webhooks are taken, and who takes them. */
  readonly webhooks?: WebhookOptions;
  readonly readiness: Readiness;
  /** Turns demo sign-in on. */
  readonly developmentIssuer?: DevelopmentIssuer;
  /** The web page for people, served at `/`. */
  readonly portal?: PortalOptions;
  /** Turns on what only a development server shows: GraphiQL and introspection. */
  readonly graphiql: boolean;
  /** Roles that may ask what an operation costs and how it is planned; in development everyone may. */
  readonly explainRoles?: readonly string[];
  /** Replaces what one request may ask for, for everyone or by role. */
  readonly limits?: LimitsOptions;
  /** Bounds what one user may ask for in a time; unbounded when left out. */
  readonly rateLimiter?: RateLimiter;
  /** Documents that clients may name by id; with `only`, no others are run. */
  readonly trustedDocuments?: { readonly documents: TrustedDocuments; readonly only: boolean };
};
