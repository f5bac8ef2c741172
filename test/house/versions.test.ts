import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { PROJECT_ROOT } from "../support/readme.ts";

/** The oldest version of each that has what we know to be mended; the registry's audit does not answer everywhere. */
const FLOORS: Readonly<Record<string, { readonly version: string; readonly why: string }>> = {
  graphql: { version: "16.15.0", why: "validation of overlapping fields could be stalled for seconds" },
  "@apollo/server": { version: "5.5.0", why: "GHSA-9q82-xgwf-vj6h, GHSA-mp6q-xf9x-fwf7" },
  "@apollo/subgraph": { version: "2.13.2", why: "GHSA-pfjj-6f4p-rvmh in the packages of the same version" },
  "@apollo/gateway": { version: "2.13.2", why: "GHSA-pfjj-6f4p-rvmh" },
  "@apollo/composition": { version: "2.13.2", why: "GHSA-pfjj-6f4p-rvmh" },
  "fast-xml-parser": { version: "5.10.1", why: "CVE-2026-26278, CVE-2026-33036" },
  typeorm: { version: "1.0.0", why: "CVE-2022-33171 and what followed it" },
  jose: { version: "6.0.0", why: "older ones are no longer mended" },
  bullmq: { version: "6.0.0", why: "older ones are no longer mended" },
};

/** Licences that a program which others run must not depend on. */
const REFUSED = /\b(AGPL|GPL|SSPL|Elastic|BUSL)/;

type Installed = {
  readonly version?: string;
  readonly license?: string;
  readonly dev?: boolean;
  readonly link?: boolean;
};

const lock = JSON.parse(await readFile(join(PROJECT_ROOT, "package-lock.json"), "utf8")) as {
  readonly packages: Readonly<Record<string, Installed>>;
};
const installed = Object.entries(lock.packages)
  .filter(([path]) => path !== "")
  .map(([path, facts]) => ({ name: path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length), ...facts }));

test.each(Object.entries(FLOORS))("every copy of %s is new enough", (name, { version, why }) => {
  const older = installed.filter((each) => each.name === name && isOlder(each.version ?? "0", version));
  expect(older, why).toEqual([]);
});

test("there is one copy of graphql, or types of one would be strangers to the other", () => {
  expect(installed.filter(({ name }) => name === "graphql")).toHaveLength(1);
});

test("what runs with the product has a licence that anyone may run it under", () => {
  const refused = installed.filter(({ dev, license = "" }) => dev !== true && REFUSED.test(license));
  expect(refused.map(({ name, license }) => `${name}: ${license}`)).toEqual([]);
});

function isOlder(version: string, floor: string): boolean {
  const [ours, theirs] = [version, floor].map((text) => text.split("-")[0]!.split(".").map(Number));
  for (const [index, wanted] of theirs!.entries()) {
    const has = ours![index] ?? 0;
    if (has !== wanted) return has < wanted;
  }
  return false;
}

test.each([
  ["16.14.9", "16.15.0", true],
  ["16.15.0", "16.15.0", false],
  ["17.0.0", "16.15.0", false],
  ["5.10.0", "5.9.1", false],
])("%s is older than %s: %s", (version, floor, older) => {
  expect(isOlder(version, floor)).toBe(older);
});
