import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readConfig } from "../../subgraphs/shared/config.ts";
import { weaknessOf } from "../../subgraphs/shared/secret-strength.ts";
import { PROJECT_ROOT } from "../support/readme.ts";

const STRONG = "kQ7pZ2xWm9Lr4TbVd8NcYf3HsGj6Ra5E";
const OWN = "postgres://concord@127.0.0.1:5432/concord";
const WEAK = [
  ["too short", "kQ7pZ2xWm9", "is shorter than"],
  ["one character", "o".repeat(64), "repeats or counts up"],
  ["a short word again and again", "abcd1x".repeat(12), "repeats or counts up"],
  ["counted up", "abcdefghijklmnopqrstuvwxyz0123456789", "repeats or counts up"],
  ["few characters", "ab".repeat(10) + "ba".repeat(10) + "abba".repeat(6), "repeats or counts up"],
  ["of an example", "replace-this-by-32-characters-or-more", "placeholder"],
  ["a word for what it is", "my-very-own-Password-of-2026-for-concord", "placeholder"],
] as const;

/** By variable, how a secret stands in it. */
const PLACES: Readonly<Record<string, (secret: string) => string>> = {
  CONCORD_SECRET: (secret) => `${STRONG},${secret}`,
  CONCORD_GATEWAY_KEYS: (secret) => `one:${STRONG},two:${secret}`,
  CONCORD_FILE_KEYS: (secret) => `edenred:${STRONG},edenred:${secret}`,
  CONCORD_CCV_KEYS: (secret) => `l_shop:live_${secret}`,
  CONCORD_MOLLIE_KEYS: (secret) => `shop:live_${secret}`,
  CONCORD_STRIPE_SECRETS: (secret) => `shop:whsec_${secret}`,
  DATABASE_URL: (secret) => `postgres://concord:${secret}@db:5432/concord`,
  DATABASE_APP_URL: (secret) => `postgres://concord_web:${secret}@db:5432/concord`,
  REDIS_URL: (secret) => `redis://:${secret}@queue:6379`,
};

describe.each(Object.entries(PLACES))("%s", (name, place) => {
  test.each(WEAK)("that is %s is refused by a sentence which does not show it", (_, secret) => {
    const fault = faultOf({ DATABASE_URL: OWN, [name]: place(secret) });
    expect(fault).toContain(`at ${name}`);
    expect(fault).not.toContain(secret);
  });

  test("made at random is taken", () => {
    for (let turn = 0; turn < 20; turn++) {
      for (const secret of [randomBytes(24).toString("hex"), randomBytes(32).toString("base64url")]) {
        expect(faultOf({ DATABASE_URL: OWN, [name]: place(secret) }), secret).toBe("");
      }
    }
  });
});

test("Adyen's keys are digits only, and judged as such", () => {
  const given = (CONCORD_ADYEN_HMAC_KEYS: string) => faultOf({ DATABASE_URL: OWN, CONCORD_ADYEN_HMAC_KEYS });
  expect(given(randomBytes(32).toString("hex").toUpperCase())).toBe("");
  expect(given("a1".repeat(32))).toContain("at CONCORD_ADYEN_HMAC_KEYS");
  expect(given("0123456789abcdef".repeat(4))).toContain("placeholder");
});

test("no secret that .env.example or docker-compose.yml shows is taken", async () => {
  const text = await readFile(join(PROJECT_ROOT, ".env.example"), "utf8");
  const shown = Object.fromEntries(
    [...text.matchAll(/^#?(\w+)=(.+)$/gm)].map(([, name = "", value = ""]) => [name, value]),
  );
  const names = Object.keys(shown).filter((name) => /SECRET|_KEYS$/.test(name));
  expect(names).toHaveLength(7);
  for (const name of names)
    expect(faultOf({ DATABASE_URL: OWN, [name]: shown[name] ?? "" }), name).toContain(`at ${name}`);
  expect(faultOf({ DATABASE_URL: (shown["DATABASE_URL"] ?? "").replace("127.0.0.1", "db") })).toContain(
    "at DATABASE_URL",
  );
  const compose = await readFile(join(PROJECT_ROOT, "docker-compose.yml"), "utf8");
  for (const [, message = ""] of compose.matchAll(/\$\{\w+:\?([^}]*)\}/g)) expect(weaknessOf(message)).toBeDefined();
});

test("a built-in database, and one on this machine, may have any", () => {
  expect(faultOf({ CONCORD_SECRET: "o".repeat(32), CONCORD_FILE_KEYS: "edenred:oooooo" })).toBe("");
  expect(faultOf({ DATABASE_URL: "postgres://postgres:postgres@localhost/concord" })).toBe("");
  expect(faultOf({ CONCORD_GATEWAY_KEYS: `one:${"o".repeat(32)}` })).toContain("at CONCORD_GATEWAY_KEYS");
});

/** What is wrong with an environment; nothing for a good one. */
function faultOf(environment: Record<string, string>): string {
  try {
    readConfig(environment);
    return "";
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
