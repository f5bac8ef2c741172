import { execFile } from "node:child_process";
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const ROOT = join(import.meta.dirname, "../..");
const IMPORT = "lint/style/noRestrictedImports";

/** Who may not import whom, and who may: [file, what it imports, whether the linter lets it]. */
const IMPORTS = [
  ["subgraphs/shared/a.ts", "../transactions/x.ts", false],
  ["subgraphs/shared/b.ts", "../../adapters/x.ts", false],
  ["subgraphs/shared/deep/c.ts", "../../accounts/x.ts", false],
  ["subgraphs/shared/deep/d.ts", "../../../gateway/x.ts", false],
  ["subgraphs/shared/deep/e.ts", "../../../commands/x.ts", false],
  ["subgraphs/shared/deep/f.ts", "../money.ts", true],
  ["adapters/a.ts", "../subgraphs/acquirers/x.ts", false],
  ["adapters/providers/b.ts", "../../subgraphs/reconciliation/import/x.ts", false],
  ["adapters/providers/c.ts", "../../gateway/x.ts", false],
  ["adapters/providers/d.ts", "../../commands/x.ts", false],
  ["adapters/providers/e.ts", "../../simulator/x.ts", false],
  ["adapters/providers/f.ts", "../../subgraphs/shared/money.ts", true],
  ["adapters/providers/g.ts", "../readers/x.ts", true],
  ["subgraphs/ccv-pay/a.ts", "../acquirers/x.ts", false],
  ["subgraphs/ccv-pay/b.ts", "../../gateway/x.ts", false],
  ["subgraphs/ccv-pay/c.ts", "../../commands/x.ts", false],
  ["subgraphs/ccv-pay/d.ts", "../../simulator/x.ts", false],
  ["subgraphs/ccv-pay/e.ts", "../../concord.ts", false],
  ["subgraphs/ccv-pay/f.ts", "../shared/database/scope.ts", true],
  ["subgraphs/ccv-pay/g.ts", "../../adapters/adapter.ts", true],
  ["subgraphs/ccv-pay/h.ts", "./x.ts", true],
  ["subgraphs/reconciliation/import/a.ts", "../../transactions/x.ts", false],
  ["subgraphs/reconciliation/import/b.ts", "../../../gateway/x.ts", false],
  ["subgraphs/reconciliation/import/c.ts", "../../../test/x.ts", false],
  ["subgraphs/reconciliation/import/d.ts", "../../shared/money.ts", true],
  ["subgraphs/reconciliation/import/e.ts", "../../../adapters/adapter.ts", true],
  ["subgraphs/reconciliation/import/f.ts", "../work/x.ts", true],
  ["gateway/a.ts", "../subgraphs/shared/money.ts", false],
  ["gateway/b.ts", "../subgraphs/transactions/x.ts", false],
  ["gateway/engine/c.ts", "../../subgraphs/shared/database/scope.ts", false],
  ["gateway/engine/d.ts", "../../adapters/x.ts", false],
  ["gateway/engine/e.ts", "../../commands/x.ts", false],
  ["gateway/engine/f.ts", "../../simulator/x.ts", false],
  ["gateway/engine/g.ts", "../../subgraphs/shared/errors.ts", true],
  ["gateway/h.ts", "../subgraphs/shared/config.ts", true],
  ["gateway/i.ts", "../subgraphs/shared/log.ts", true],
  ["gateway/i.ts", "../subgraphs/shared/card-detector.ts", true],
  ["gateway/j.ts", "../subgraphs/shared/trace.ts", true],
  ["simulator/a.ts", "../adapters/x.ts", false],
  ["simulator/b.ts", "../subgraphs/acquirers/x.ts", false],
  ["simulator/c.ts", "../subgraphs/shared/random.ts", true],
  ["commands/a.ts", "../test/support/x.ts", false],
  ["commands/b.ts", "../gateway/x.ts", true],
  ["commands/c.ts", "../simulator/x.ts", true],
  ["concord.ts", "./commands/x.ts", true],
  ["test/a.ts", "../commands/x.ts", true],
  ["bench/a.ts", "../gateway/x.ts", true],
] as const;

/** The other rules of the house: [file, its text, the rule that it breaks]. */
const BREACHES = [
  ["subgraphs/accounts/env.ts", 'export const port = process.env["PORT"];\n', "lint/style/noProcessEnv"],
  ["gateway/log.ts", 'console.log("here");\n', "lint/suspicious/noConsole"],
  ["gateway/any.ts", "export const it: any = 1;\n", "lint/suspicious/noExplicitAny"],
  ["adapters/default.ts", "const it = 1;\nexport default it;\n", "lint/style/noDefaultExport"],
  ["adapters/barrel.ts", 'export * from "./adapter.ts";\n', "lint/performance/noBarrelFile"],
  ["adapters/kind.ts", 'export enum Kind { Sale = "SALE" }\n', "lint/style/noEnum"],
  ["adapters/MyReader.ts", "export const it = 1;\n", "lint/style/useFilenamingConvention"],
  ["adapters/long.ts", `${"export {};\n".repeat(251)}`, "lint/style/noExcessiveLinesPerFile"],
  [
    "gateway/ring.ts",
    'import { b } from "./ring-b.ts";\nexport const a = () => b;\n',
    "lint/suspicious/noImportCycles",
  ],
  [
    "gateway/ring-b.ts",
    'import { a } from "./ring.ts";\nexport const b = () => a;\n',
    "lint/suspicious/noImportCycles",
  ],
] as const;

let folder: string;
const found = new Map<string, Set<string>>();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "concord-house-"));
  await copyFile(join(ROOT, "biome.json"), join(folder, "biome.json"));
  // Biome is told to heed it, and an empty one does not count.
  await write(".gitignore", "dist\n");
  for (const [file, source] of IMPORTS) await write(file, `import { x } from "${source}";\nx();\n`);
  for (const [file, text] of BREACHES) await write(file, text);
  for (const { category, location } of await lint(folder)) {
    const file = location.path.replace(/^\.\//, "");
    found.set(file, (found.get(file) ?? new Set()).add(category));
  }
});

afterAll(() => rm(folder, { recursive: true }));

describe("who may import whom", () => {
  test.each(IMPORTS.filter(([, , allowed]) => !allowed))("%s may not import %s", (file) => {
    expect(found.get(file)).toContain(IMPORT);
  });

  test.each(IMPORTS.filter(([, , allowed]) => allowed))("%s may import %s", (file) => {
    expect(found.get(file) ?? new Set()).not.toContain(IMPORT);
  });

  test("no subgraph has folders so deep that its rules do not reach them", async () => {
    const files = await readdir(join(ROOT, "subgraphs"), { recursive: true });
    const deep = files.filter((file) => file.endsWith(".ts") && file.split("/").length > 3);
    expect(deep.filter((file) => !file.startsWith("shared/"))).toEqual([]);
  });

  test("the kernel's rule names every subgraph there is", async () => {
    const subgraphs = (await readdir(join(ROOT, "subgraphs"))).filter((name) => name !== "shared");
    const rules = await readFile(join(ROOT, "biome.json"), "utf8");
    for (const name of subgraphs) expect(rules).toContain(`"**/${name}/**"`);
  });
});

test.each(BREACHES)("%s is refused", (file, _, rule) => {
  expect(found.get(file)).toContain(rule);
});

async function write(file: string, text: string): Promise<void> {
  await mkdir(dirname(join(folder, file)), { recursive: true });
  await writeFile(join(folder, file), text);
}

type Diagnostic = { readonly category: string; readonly location: { readonly path: string } };

async function lint(cwd: string): Promise<readonly Diagnostic[]> {
  const biome = join(ROOT, "node_modules/@biomejs/biome/bin/biome");
  const args = ["lint", "--reporter=json", "--max-diagnostics=none", "."];
  const { stdout } = await promisify(execFile)(process.execPath, [biome, ...args], { cwd }).catch(
    (failure: { stdout: string }) => failure,
  );
  return (JSON.parse(stdout) as { diagnostics: Diagnostic[] }).diagnostics;
}
