import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { parse, validate } from "graphql";
import { describe, expect, test } from "vitest";
import type { Command } from "../../commands/command.ts";
import { composeFrom } from "../../commands/compose.ts";
import { createEngine } from "../../gateway/engine/create-engine.ts";
import { EXAMPLE_QUERIES } from "../../gateway/pages/example-queries.ts";
import { readConfig, VARIABLES } from "../../subgraphs/shared/config.ts";
import { ERRORS } from "../../subgraphs/shared/errors.ts";
import { RULES } from "../../subgraphs/shared/status.ts";
import { TRANSITIONS } from "../../subgraphs/shared/status-transitions.ts";
import { openReadme, PROJECT_ROOT } from "../support/readme.ts";

const readme = await openReadme();

test("the error table is the program's, code by code", () => {
  const known = Object.entries(ERRORS).map(([code, { status, retry, message }]) => {
    return [code, String(status), retry ? "yes" : "no", message.replaceAll("`", "")];
  });
  expect(readme.table("Errors")).toEqual(known);
});

test("what it and the examples ask the graph, the graph knows", async () => {
  const { supergraphSdl } = await composeFrom(join(PROJECT_ROOT, "supergraph.yaml"), {});
  const { schema } = createEngine({ supergraphSdl, fetch: () => Promise.reject(new Error("nothing is asked")) });
  const asked = [...readme.queries(), ...EXAMPLE_QUERIES];
  expect(readme.queries().length).toBeGreaterThan(4);
  for (const { query } of asked) expect(validate(schema, parse(query)), query).toEqual([]);
});

test("the status rules are the program's, in their order", () => {
  expect(readme.table("How a status is decided")).toEqual(Object.entries(RULES));
});

test("the status steps are the program's, with who may cause each", () => {
  const known = Object.entries(TRANSITIONS).map(([from, steps]) => {
    const told = Object.entries<readonly string[]>(steps).map(([to, by]) => `${to} (${by.join(", ").toLowerCase()})`);
    return [from, told.join(" · ") || "nothing: final"];
  });
  expect(readme.table("How a status may change")).toEqual(known);
});

describe("the environment", () => {
  const rows = readme.table("Environment");

  test("the table has every variable that is read, and no other", async () => {
    const { environment: _, ...read } = VARIABLES.shape;
    const known = new Set([...Object.keys(read), ...(await placeholders()).keys()]);
    expect(rows.map(([name]) => name).sort()).toEqual([...known].sort());
  });

  test("the table has the defaults that hold", async () => {
    const urls = await placeholders();
    const unset: Record<string, unknown> = VARIABLES.parse({ HOME: "/", environment: {} });
    for (const [name = "", fallback = ""] of rows) {
      if (name === "HOME") continue;
      const stated: Record<string, unknown> = VARIABLES.parse({
        HOME: "/",
        environment: {},
        ...(fallback !== "" && { [name]: fallback }),
      });
      expect(stated[name], name).toEqual(unset[name]);
      expect(fallback === "", name).toBe(unset[name] === undefined && !urls.has(name));
      if (urls.has(name)) expect(fallback, name).toBe(urls.get(name));
    }
  });

  test(".env.example has each of them but the surroundings' own, commented out, and is usable once filled", async () => {
    const lines = (await read(".env.example")).split("\n");
    const settings = lines.flatMap((line) => /^#?([A-Z][A-Z_]+)=(.*)$/.exec(line)?.slice(1, 3) ?? []);
    const given = Object.fromEntries(settings.flatMap((name, at) => (at % 2 === 0 ? [[name, settings[at + 1]]] : [])));
    const { POSTGRES_PASSWORD: forCompose, ...ours } = given;
    expect(forCompose).toBeDefined();
    const named = rows.map(([name = ""]) => name).filter((name) => !["HOME", "XDG_STATE_HOME"].includes(name));
    expect(Object.keys(ours).sort()).toEqual(named.sort());
    expect(lines.filter((line) => line !== "" && !line.startsWith("#"))).toEqual([]);
    const secret = randomBytes(32).toString("hex");
    const filled = Object.entries(ours).map(([name, value = ""]) => {
      return [name, value.replace(/replace-[\w-]+|(?:0123456789abcdef){4}/, secret)] as const;
    });
    // A password stands in the URL or in a file, and the example shows both.
    const together = filled.filter(([name]) => !name?.endsWith("_PASSWORD_FILE"));
    expect(() => readConfig(Object.fromEntries(together))).not.toThrow();
  });
});

test("the command table has every command, with its own summary", async () => {
  const source = await read("concord.ts");
  const names = [...source.matchAll(/import\("\.\/(commands\/[\w-]+)\.ts"\)/g)].map(([, path]) => path ?? "");
  const known = names.map(async (path) => {
    const { command } = (await import(join(PROJECT_ROOT, `${path}.ts`))) as { command: Command };
    return [path.replace("commands/", ""), command.summary];
  });
  expect(readme.table("Commands")).toEqual(await Promise.all(known));
});

test("the folder table has every folder, and only what there is", async () => {
  const named = readme
    .table("Folders")
    .flatMap(([cell = ""]) => cell.split(", ").map((name) => name.replace(/\/$/, "")));
  for (const name of named) expect(existsSync(join(PROJECT_ROOT, name)), name).toBe(true);
  const ignored = (await read(".gitignore")).split("\n");
  for (const { name, isDirectory } of await folders()) {
    if (!isDirectory || name.startsWith(".") || ignored.includes(name) || name === "subgraphs") continue;
    expect(named).toContain(name);
  }
  for (const name of await readdir(join(PROJECT_ROOT, "subgraphs"))) expect(named).toContain(`subgraphs/${name}`);
});

test.each(["README.md", "CONTRIBUTING.md"])("every path and link that %s names is there", async (page) => {
  const text = (await read(page)).replaceAll(/^```[\s\S]*?^```/gm, "");
  const links = [...text.matchAll(/\]\(([\w./-]+)\)/g)].map(([, path]) => path ?? "");
  const paths = [...text.matchAll(/`((?:adapters|commands|gateway|subgraphs|test|simulator|bench)\/[\w./-]+)`/g)];
  for (const path of [...links, ...paths.map(([, name]) => name ?? "")]) {
    expect(existsSync(join(PROJECT_ROOT, path)), path).toBe(true);
  }
});

async function folders() {
  const entries = await readdir(PROJECT_ROOT, { withFileTypes: true });
  return entries.map((entry) => ({ name: entry.name, isDirectory: entry.isDirectory() }));
}

function read(path: string): Promise<string> {
  return readFile(join(PROJECT_ROOT, path), "utf8");
}

/** The variables of `supergraph.yaml` with their defaults. */
async function placeholders(): Promise<ReadonlyMap<string, string>> {
  const found = (await read("supergraph.yaml")).matchAll(/\$\{env\.(\w+):([^}]*)\}/g);
  return new Map([...found].map(([, name, fallback]) => [name ?? "", fallback ?? ""]));
}
