import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { readConfig } from "../../subgraphs/shared/config.ts";
import { AppError } from "../../subgraphs/shared/errors.ts";

const STRONG = "kQ7pZ2xWm9Lr4TbVd8NcYf3HsGj6Ra5E";
const OWN = `postgresql://u:${STRONG}@db/concord`;

describe("readConfig", () => {
  test("an empty environment means a built-in database, sample data and a developer's issuer, on this machine only", () => {
    expect(readConfig({})).toMatchObject({
      port: 4000,
      host: "127.0.0.1",
      embedded: true,
      samples: true,
      devIssuer: true,
      queuePrefix: "concord",
      jwtAudience: "concord",
      logLevel: "info",
      workerConcurrency: 2,
    });
  });

  test("a database of one's own turns the built-in one and the developer's issuer off", () => {
    const config = readConfig({ DATABASE_URL: OWN });
    expect(config).toMatchObject({ embedded: false, devIssuer: false, databaseUrl: OWN });
    expect(readConfig({ DATABASE_URL: "postgres://db/c", CONCORD_DEV_ISSUER: "on" }).devIssuer).toBe(true);
  });

  test("a real issuer turns the developer's issuer off", () => {
    const real = { JWKS_URL: "https://id.example/keys", JWT_ISSUER: "https://id.example" };
    expect(readConfig(real).devIssuer).toBe(false);
  });

  test("an empty variable counts as unset", () => {
    expect(readConfig({ PORT: "", DATABASE_URL: "", CONCORD_DATA: "" })).toEqual(readConfig({}));
  });

  test("all faults are reported at once, by variable, without the values", () => {
    const env = { PORT: "99999", DATABASE_URL: "mysql://root:hunter2@db", CONCORD_SAMPLES: "yes", JWKS_URL: "secret" };
    const fault = faultOf(env);
    expect(fault.code).toBe("BAD_CONFIGURATION");
    for (const name of Object.keys(env)) expect(fault.message).toContain(`at ${name}`);
    expect(fault.message).not.toMatch(/hunter2|secret/);
  });

  test.each(["1e3", "0x10", " 1", "-1", "4000.5", "70000"])("%j is not a port", (PORT) => {
    expect(faultOf({ PORT }).message).toContain("from 0 to 65535");
  });

  test("settings that need each other are refused alone", () => {
    expect(faultOf({ DATABASE_APP_URL: "postgres://app@db/c" }).message).toContain("at DATABASE_URL");
    expect(faultOf({ JWKS_URL: "https://id.example/keys" }).message).toContain("at JWT_ISSUER");
  });

  test("a password comes from a file in place of its URL: one, or two while it changes, and none that is easy to guess", async () => {
    const folder = await mkdtemp(join(tmpdir(), "concord-config-"));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const file = join(folder, "password");
    const given = (DATABASE_URL: string | undefined, DATABASE_PASSWORD_FILE = file) =>
      ({ ...(DATABASE_URL && { DATABASE_URL }), DATABASE_PASSWORD_FILE }) as Readonly<Record<string, string>>;
    await writeFile(file, `${STRONG}\n`);
    expect(readConfig(given("postgres://u@db/c"))).toMatchObject({ databasePasswordFile: file });
    await writeFile(file, `${STRONG}\n${STRONG.toLowerCase()}\n`);
    expect(readConfig(given("postgres://u@db/c")).databaseUrl).toBe("postgres://u@db/c");
    expect(faultOf(given(OWN)).message).toContain("while a password stands in DATABASE_URL");
    expect(faultOf(given(undefined)).message).toContain("without DATABASE_URL");
    expect(faultOf(given("postgres://u@db/c", join(folder, "none"))).message).toContain("can be read");
    for (const text of ["", "a\nb\nc\n", "short\n", "abcabcabcabcabcabcabcabc\n"]) {
      await writeFile(file, text);
      const { message } = faultOf(given("postgres://u@db/c"));
      expect(message).toContain("at DATABASE_PASSWORD_FILE");
      expect(message).not.toContain("abcabc");
    }
  });

  test("limits are whole minor units by currency, and one that is not is refused", () => {
    expect(readConfig({ CONCORD_FORCE_LIMITS: "EUR=5000, JPY=0" }).forceLimits).toEqual(
      new Map([
        ["EUR", 5000n],
        ["JPY", 0n],
      ]),
    );
    for (const CONCORD_FORCE_LIMITS of ["EUR=10.5", "eur=1", "EUR", "EUR=-1"]) {
      expect(faultOf({ CONCORD_FORCE_LIMITS }).message).toContain("at CONCORD_FORCE_LIMITS");
    }
  });

  test("the data folder is absolute, and the inbox lies in it unless placed elsewhere", () => {
    expect(readConfig({ CONCORD_DATA: "/srv/concord" })).toMatchObject({
      dataDir: "/srv/concord",
      inboxDir: "/srv/concord/inbox",
    });
    expect(readConfig({ CONCORD_DATA: "data" }).dataDir).toMatch(/^\/.*\/data$/);
    expect(readConfig({ INBOX_DIR: "/srv/in" }).inboxDir).toBe("/srv/in");
  });

  test.runIf(process.getuid?.() === 0)("root keeps its data outside its closed home", () => {
    expect(readConfig({ XDG_STATE_HOME: "/elsewhere" }).dataDir).toBe("/var/lib/concord");
  });

  test.runIf(process.getuid?.() !== 0)("a user keeps the data in the state folder", () => {
    expect(readConfig({ XDG_STATE_HOME: "/state" }).dataDir).toBe("/state/concord");
    expect(readConfig({ HOME: "/home/ada" }).dataDir).toBe("/home/ada/.local/state/concord");
  });

  test("keys between gateway and subgraphs are read in order", () => {
    const [one, two] = [STRONG, `${STRONG}:=`];
    expect(readConfig({ CONCORD_GATEWAY_KEYS: `new-1:${one}, old:${two}` }).gatewayKeys).toEqual([
      { id: "new-1", secret: one },
      { id: "old", secret: two },
    ]);
    expect(readConfig({})).toMatchObject({ gatewayKeys: undefined, unsignedCalls: false });
  });

  test.each([
    ["a secret without an id", "3".repeat(40)],
    ["a secret of 31 characters", `one:${"3".repeat(31)}`],
    ["a second that is too short", `one:${STRONG},two:3333`],
    ["one id twice", `one:${STRONG},one:${STRONG}x`],
    ["a comma at the end", `one:${STRONG},`],
  ])("keys with %s are refused, and not shown", (_, CONCORD_GATEWAY_KEYS) => {
    const { message } = faultOf({ CONCORD_GATEWAY_KEYS });
    expect(message).toContain("at CONCORD_GATEWAY_KEYS");
    expect(message).not.toContain("3333");
  });

  test("several secrets may sign cursors, the first of them anew", () => {
    expect(readConfig({ CONCORD_SECRET: `${STRONG}, ${STRONG}x` }).secrets).toEqual([STRONG, `${STRONG}x`]);
    expect(faultOf({ CONCORD_SECRET: `${STRONG},short` }).message).toContain("at CONCORD_SECRET");
  });

  test("the settings cannot be changed", () => {
    expect(Object.isFrozen(readConfig({}))).toBe(true);
  });
});

function faultOf(env: Record<string, string>): AppError {
  try {
    readConfig(env);
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error("the environment was accepted");
}
