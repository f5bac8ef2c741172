import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { Client } from "undici";

/** The running product, as its clients see it. */
export type Gateway = {
  readonly origin: string;
  readonly tokenOf: (user: string) => Promise<string>;
  readonly signIn: (user: string) => Promise<Ask>;
  readonly close: () => Promise<void>;
};

/** Gives the data of an answer. @throws where it has errors */
export type Ask = (query: string, variables?: object) => Promise<Readonly<Record<string, unknown>>>;

const ROOT = join(import.meta.dirname, "../..");

/**
 * Starts what `npm run build` made, on a database that is filled, or on the embedded one with its samples; one connection
 * for all that is asked.
 */
export async function startProduct(folder: string, url?: string): Promise<Gateway> {
  const child = spawn(process.execPath, [join(ROOT, "dist/concord.js"), "start"], {
    cwd: url === undefined ? ROOT : folder,
    env: {
      ...process.env,
      ...(url && { DATABASE_URL: url }),
      ...{ NODE_ENV: "production", CONCORD_DATA: folder, LOG_LEVEL: "info", PORT: "0" },
      ...{ CONCORD_DEV_ISSUER: "on", CONCORD_RATE_LIMIT: "0" },
    },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const origin = await addressOf(child);
  const client = new Client(origin, { bodyTimeout: 60_000, headersTimeout: 60_000 });
  const post = async (path: string, body: object, headers: Readonly<Record<string, string>> = {}) => {
    const answer = await client.request({
      path,
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: JSON.stringify(body),
    });
    return answer.body.json() as Promise<Record<string, unknown>>;
  };
  const tokenOf = async (user: string) => String((await post("/dev/token", { user }))["token"]);
  return {
    origin,
    tokenOf,
    signIn: async (user) => {
      const token = await tokenOf(user);
      return async (query, variables = {}) => {
        const { data, errors } = await post("/graphql", { query, variables }, { authorization: `Bearer ${token}` });
        if (errors || !data) throw new Error(JSON.stringify(errors));
        return data as Record<string, unknown>;
      };
    },
    close: async () => {
      await client.close();
      child.kill("SIGTERM");
      await once(child, "exit");
    },
  };
}

/** Where it listens, from its log. */
function addressOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = "";
    child.stdout?.on("data", (chunk: Buffer) => {
      text = `${text}${chunk}`.slice(-100_000);
      const address = /"url":"(http:[^"]+)","msg":"the gateway answers"/.exec(text)?.[1];
      if (address) resolve(address);
    });
    child.once("exit", (code) => reject(new Error(`concord start ended with ${code}: ${text}`)));
  });
}
