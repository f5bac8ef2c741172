import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { readdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { inject } from "vitest";
import { buildOnce } from "../../subgraphs/shared/embedded-postgres/build-once.ts";

const ROOT = join(import.meta.dirname, "../..");

/**
 * The program as `npm run build` makes it, for whoever starts processes: its sources, compiled anew at each start, take
 * three times as long. It is made once in a run, in the run's folder, by the first suite that asks.
 */
export function builtProgram(): Promise<string> {
  built ??= build(join(inject("runFolder"), "program"));
  return built;
}

let built: Promise<string> | undefined;

async function build(target: string): Promise<string> {
  await buildOnce(target, async (folder) => {
    const told = ["--outDir", join(folder, "dist"), "--tsBuildInfoFile", join(folder, "built")];
    // Types are checked for themselves.
    const args = [join(ROOT, "node_modules/typescript/bin/tsc"), "-p", "tsconfig.build.json", "--noCheck", ...told];
    await promisify(execFile)(process.execPath, args, { cwd: ROOT });
    // It looks above its own folder for what is in the project's.
    const beside = (await readdir(ROOT)).filter((name) => name !== "dist" && !name.startsWith("."));
    for (const name of beside) await symlink(join(ROOT, name), join(folder, name));
    // Built before the suites that open it, in the project's own place; the others do without.
    for (const name of ["portal", "portal-documents.json"]) {
      if (existsSync(join(ROOT, "dist", name))) await symlink(join(ROOT, "dist", name), join(folder, "dist", name));
    }
  });
  return join(target, "dist/concord.js");
}
