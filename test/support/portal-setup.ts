import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { PROJECT_ROOT } from "./readme.ts";

/** The suites of the portal open what is built, so it is built first; what is up to date stays. */
export default async function setUp(): Promise<void> {
  await promisify(execFile)(process.execPath, ["--import", "tsx", "portal/build/run.ts"], { cwd: PROJECT_ROOT });
}
