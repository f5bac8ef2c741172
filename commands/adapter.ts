import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type Command, UsageError } from "./command.ts";
import { PROJECT_ROOT } from "./project-root.ts";

const USAGE = "concord adapter new NAME [--json]";

export const command: Command = {
  summary: "Write the beginnings of an adapter for a new settlement format",
  usage: USAGE,
  run: async ({ positionals, say, report }) => {
    const [action, name = "", surplus] = positionals;
    if (action !== "new" || surplus !== undefined) throw new UsageError(`adapter knows one action\nusage: ${USAGE}`);
    if (!/^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/.test(name) || name === "skeleton") {
      throw new UsageError(
        `"${name}" is no adapter's name: small letters, digits and single dashes, as in "north-pay"`,
      );
    }
    const files = filesOf(name);
    for (const { from, to } of files) {
      if (!existsSync(join(PROJECT_ROOT, from)))
        throw new UsageError(`${from} is not here: run this in a checkout of the sources`);
      if (existsSync(join(PROJECT_ROOT, to))) throw new UsageError(`${to} is there already; nothing was written`);
    }
    for (const { from, to } of files) await copyNamed(from, to, name);
    report({ name, files: files.map(({ to }) => to) });
    for (const { to } of files) say(`wrote ${to}`);
    for (const line of NEXT) say(line.replaceAll("NAME", name));
    return 0;
  },
};

/** The skeleton is an adapter that works and is tested, of a format nobody has. */
function filesOf(name: string) {
  return [
    { from: "adapters/skeleton/provider.ts", to: `adapters/providers/${name}.ts` },
    { from: "adapters/skeleton/sample.csv", to: `test/fixtures/${name}/sample.csv` },
    { from: "test/adapters/skeleton.test.ts", to: `test/adapters/${name}.test.ts` },
  ];
}

async function copyNamed(from: string, to: string, name: string): Promise<void> {
  const text = (await readFile(join(PROJECT_ROOT, from), "utf8"))
    .replaceAll("../../adapters/skeleton/provider.ts", `../../adapters/providers/${name}.ts`)
    .replaceAll("../../adapters/skeleton/sample.csv", `../fixtures/${name}/sample.csv`)
    .replaceAll("skeleton", name);
  await mkdir(dirname(join(PROJECT_ROOT, to)), { recursive: true });
  await writeFile(join(PROJECT_ROOT, to), text, { flag: "wx" });
}

const NEXT = [
  "",
  'Next, as CONTRIBUTING.md tells under "Add an acquirer":',
  "  1. Put a file of the provider's shape in test/fixtures/NAME, cards and names made up.",
  "  2. Follow each TODO in adapters/providers/NAME.ts.",
  "  3. Change test/adapters/NAME.test.ts to what the format promises about its money.",
  "  4. npx vitest run test/adapters -t NAME -u, and read the golden file it writes.",
  "  5. npx biome check --write adapters test, then npm run check",
];
