import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { SUBGRAPHS } from "../../commands/serving.ts";
import { VARIABLES } from "../../subgraphs/shared/config.ts";
import { findPackage } from "../../subgraphs/shared/embedded-postgres/binaries.ts";
import { PROJECT_ROOT } from "../support/readme.ts";

type Service = {
  readonly build?: string;
  readonly image: string;
  readonly user?: string;
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, unknown>>;
  readonly networks: readonly string[];
  readonly volumes?: readonly string[];
  readonly ports?: readonly string[];
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly healthcheck?: { readonly test?: readonly string[]; readonly disable?: boolean };
  readonly read_only?: boolean;
  readonly tmpfs?: readonly string[];
  readonly cap_drop?: readonly string[];
  readonly cap_add?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly privileged?: boolean;
};

type Compose = {
  readonly services: Readonly<Record<string, Service>>;
  readonly networks: Readonly<Record<string, unknown>>;
  readonly volumes: Readonly<Record<string, unknown>>;
};

type Supergraph = { readonly subgraphs: Readonly<Record<string, { readonly routing_url: string }>> };

const [compose, supergraph, commandLine, dockerfile, ignored] = await Promise.all([
  read("docker-compose.yml").then((text) => parse(text, { merge: true }) as Compose),
  read("supergraph.yaml").then((text) => parse(text) as Supergraph),
  read("concord.ts"),
  read("Dockerfile"),
  read(".dockerignore"),
]);
const services = Object.entries(compose.services);
const ours = services.filter(([, { build }]) => build !== undefined);
const placeholders = new Map(
  Object.entries(supergraph.subgraphs).map(([name, { routing_url: url }]) => [/env\.(\w+)/.exec(url)?.[1] ?? "", name]),
);

test("the subgraphs of the program, of supergraph.yaml and of the composition are the same", () => {
  const served = ours.flatMap(([, { command }]) => (command?.[0] === "subgraph" ? [command[1]] : []));
  const known = SUBGRAPHS.map(({ name }) => name).sort();
  expect(served.sort()).toEqual(known);
  expect(Object.keys(supergraph.subgraphs).sort()).toEqual(known);
});

test("the gateway is told where every subgraph answers", () => {
  const { environment = {} } = compose.services["gateway"]!;
  for (const [variable, subgraph] of placeholders) {
    expect(environment[variable]).toBe(`http://${subgraph}:4001/graphql`);
    expect(compose.services[subgraph]?.command).toEqual(["subgraph", subgraph]);
    expect(compose.services[subgraph]?.environment?.["SUBGRAPH_PORT"]).toBe(4001);
  }
});

test("the gateway signs with what every subgraph verifies, and nobody else has it", () => {
  const having = ours.filter(([, { environment = {} }]) => "CONCORD_GATEWAY_KEYS" in environment);
  expect(having.map(([name]) => name).sort()).toEqual(["gateway", ...SUBGRAPHS.map(({ name }) => name)].sort());
  expect(new Set(having.map(([, { environment }]) => environment?.["CONCORD_GATEWAY_KEYS"])).size).toBe(1);
});

test("there are PostgreSQL, Redis, a migration, a worker and a gateway", () => {
  expect(Object.fromEntries(services.map(([name, { image, command }]) => [name, command?.[0] ?? image]))).toMatchObject(
    {
      postgres: "postgres",
      redis: "redis-server",
      migrate: "migrate",
      worker: "worker",
      gateway: "gateway",
    },
  );
});

test("PostgreSQL is told how much memory it may use, by settings that it has", async () => {
  const { image, command = [] } = compose.services["postgres"] ?? {};
  expect(image).toBe("postgres:17");
  expect(command.join(" ")).toMatch(/^postgres(?: -c [a-z_]+=\d+(?:MB|GB))+$/);
  const program = join(findPackage(), "native", "bin", "postgres");
  const known = (await promisify(execFile)(program, ["--describe-config"])).stdout.split("\n");
  for (const [name = ""] of command.filter((each) => each.includes("=")).map((each) => each.split("="))) {
    expect(known.some((line) => line.startsWith(`${name}\t`))).toBe(true);
  }
});

describe.each(ours)("%s", (name, service) => {
  test("runs a command that there is", () => {
    expect(commandLine).toContain(`"./commands/${service.command?.[0]}.ts"`);
  });

  test("is given only variables that are read", () => {
    for (const variable of Object.keys(service.environment ?? {})) {
      expect(variable in VARIABLES.shape || placeholders.has(variable), variable).toBe(true);
    }
  });

  test("has settings that the program takes", () => {
    const filled = Object.entries(service.environment ?? {}).flatMap(([variable, value]) => {
      const text = interpolate(String(value));
      return text === "" ? [] : [[variable, text]];
    });
    expect(VARIABLES.safeParse({ HOME: "/", ...Object.fromEntries(filled), environment: {} }).error).toBeUndefined();
  });

  test("says by itself whether demo users may sign in", () => {
    expect(service.environment?.["CONCORD_DEV_ISSUER"]).toMatch(/^\$\{CONCORD_DEV_ISSUER:-off\}$/);
  });

  test("keeps the files it shares with the others", () => {
    expect(service.volumes).toContain(`files:${service.environment?.["CONCORD_DATA"]}`);
    expect(service.read_only).toBe(true);
  });

  test("waits for the migration, or for those who waited", () => {
    const conditions = Object.entries(service.depends_on ?? {}).map(
      ([other, { condition }]) => `${other} ${condition}`,
    );
    if (name === "migrate") expect(conditions).toEqual(["postgres service_healthy"]);
    else if (name === "gateway") {
      expect(conditions).toEqual(
        ["redis", ...SUBGRAPHS.map((each) => each.name)].map((other) => `${other} service_healthy`),
      );
    } else expect(conditions).toContain("migrate service_completed_successfully");
  });
});

describe.each(services)("%s", (name, service) => {
  test("depends on services, networks and volumes that there are", () => {
    for (const other of Object.keys(service.depends_on ?? {})) expect(compose.services).toHaveProperty(other);
    for (const network of service.networks) expect(compose.networks).toHaveProperty(network);
    for (const volume of service.volumes ?? []) expect(compose.volumes).toHaveProperty(volume.split(":")[0] ?? "");
  });

  test("does not run as root", () => {
    expect(service.user).toMatch(/^(?:node|postgres|redis)$/);
  });

  test("writes to volumes and memory alone, and can gain no right that it was not given", () => {
    expect(service.read_only).toBe(true);
    expect(service.tmpfs?.length).toBeGreaterThan(0);
    expect(service.cap_drop).toEqual(["ALL"]);
    expect(service.security_opt).toContain("no-new-privileges:true");
    expect(service.cap_add ?? []).toEqual([]);
    expect(service.privileged ?? false).toBe(false);
    // The machine's own folders, and the socket of the container engine above all, stay outside.
    for (const volume of service.volumes ?? []) expect(volume).not.toMatch(/^[./~]/);
  });

  test("says whether it is well, unless it ends by itself", () => {
    if (name === "migrate") expect(service.healthcheck).toEqual({ disable: true });
    else expect(service.healthcheck?.test?.[0]).toBe("CMD");
  });

  test("is reached from outside only if it is the gateway", () => {
    expect(service.ports !== undefined).toBe(name === "gateway");
  });
});

test("the gateway knows no password of the database", () => {
  expect(Object.keys(compose.services["gateway"]?.environment ?? {}).filter((name) => /DATABASE/.test(name))).toEqual(
    [],
  );
});

test("no secret is written down, and none has a default", async () => {
  const text = await read("docker-compose.yml");
  expect(
    text
      .match(/\$\{(?:POSTGRES_PASSWORD|CONCORD_SECRET|CONCORD_GATEWAY_KEYS)[^}]*\}/g)
      ?.every((use) => use.includes(":?")),
  ).toBe(true);
});

test("no secret gets into the image: none is an argument or a variable of it, and no settings file reaches the build", () => {
  expect(dockerfile).not.toMatch(/^ARG /m);
  expect(dockerfile.match(/^ENV .*$/gm)?.join(" ")).not.toMatch(/SECRET|KEY|PASSWORD|TOKEN|_URL/);
  expect(dockerfile).not.toMatch(/^(?:COPY|ADD) .*\.env/m);
  // Everything is kept out but what is let in by name.
  expect(ignored.split("\n").find((line) => line !== "" && !line.startsWith("#"))).toBe("*");
  expect(ignored).not.toMatch(/^!.*\.env/m);
  // The last user stands: what starts is not root.
  expect([...dockerfile.matchAll(/^USER (.+)$/gm)].at(-1)?.[1]).toBe("node");
  expect(dockerfile.indexOf("USER node")).toBeLessThan(dockerfile.indexOf("ENTRYPOINT"));
});

test("the image is built of files that there are and that reach the build", () => {
  const sources = [...dockerfile.matchAll(/^COPY (?:--from=build )?(.+) \S+$/gm)].flatMap(([, list]) =>
    list!.split(" "),
  );
  for (const source of sources.map((path) => path.replace(/^\/app\//, ""))) {
    if ([".", "dist", "node_modules"].includes(source)) continue;
    expect(existsSync(join(PROJECT_ROOT, source)), source).toBe(true);
    expect(ignored).toContain(`!${source.split("/")[0]}`);
  }
  for (const { name } of SUBGRAPHS) expect(sources).toContain(`/app/subgraphs/${name}/schema.graphql`);
  expect(dockerfile).toMatch(/^USER node$/m);
  expect(dockerfile).toMatch(/^HEALTHCHECK /m);
});

function read(path: string): Promise<string> {
  return readFile(join(PROJECT_ROOT, path), "utf8");
}

/** What compose makes of `${NAME:-default}` and `${NAME:?message}` when the secrets are set and nothing else is. */
function interpolate(text: string): string {
  return text.replace(/\$\{(\w+):([-?])([^}]*)\}/g, (_, name: string, kind: string, rest: string) => {
    if (kind === "-") return rest;
    return `${name === "CONCORD_GATEWAY_KEYS" ? "one:" : ""}kQ7pZ2xWm9Lr4TbVd8NcYf3HsGj6Ra5E`;
  });
}
