import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { Account } from "./account.ts";

const TIMEOUT_MS = 60_000;

/** PostgreSQL's programs read PG* and LC_* variables of whoever starts them; they get these alone. */
export const SERVER_ENVIRONMENT = { PATH: "/usr/bin:/bin", LC_ALL: "C", TZ: "UTC" };

/** Runs one of the server's programs to its end and returns what it printed. */
export async function run(program: string, args: readonly string[], account: Account | undefined): Promise<string> {
  const options = { ...account, cwd: "/", env: SERVER_ENVIRONMENT, timeout: TIMEOUT_MS };
  const { stdout } = await promisify(execFile)(program, args, options);
  return stdout;
}
