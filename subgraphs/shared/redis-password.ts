import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { RedisOptions } from "ioredis";
import { linesOf } from "./database/password-file.ts";

type Connector = NonNullable<RedisOptions["Connector"]>;

/** A module of CommonJS that calls its export `default`, which not everybody who imports it takes in the same way. */
const { default: StandaloneConnector } = createRequire(import.meta.url)(
  "ioredis/built/connectors/StandaloneConnector.js",
) as { readonly default: new (options: object) => object };

/**
 * Has a client of Redis read its password from a file each time it connects. The client looks at its options then, and its
 * connector is the one part that it hands them to; copies that bullmq makes of a client get a connector of their own.
 */
export function connectorReading(file: string): Connector {
  return class extends StandaloneConnector {
    constructor(options: object) {
      super(options);
      const get = () => linesOf(readFileSync(file, "utf8"))[0];
      Object.defineProperty(options, "password", { get, set: () => undefined, enumerable: true, configurable: true });
    }
  } as unknown as Connector;
}
