import { expect, test } from "vitest";
import { adapters } from "../../adapters/registry.ts";
import { fixturesOf } from "./fixtures.ts";
import { expectNoWrongSums, MUTATION_SEED, samplesOf } from "./judge-damage.ts";

/** Fixtures are of every format and always there; the files found in the wild are tried harder, beside this. */
const EACH = 300;

test(`${EACH} mutations of each fixture end in no crash and in no wrong sum (seed ${MUTATION_SEED})`, async () => {
  const files = await Promise.all(adapters.map(({ name }) => fixturesOf(name)));
  const samples = await samplesOf(files.flat());
  expect(new Set(samples.map(({ adapter }) => adapter)).size).toBe(adapters.length);
  await expectNoWrongSums(samples, EACH);
}, 600_000);
