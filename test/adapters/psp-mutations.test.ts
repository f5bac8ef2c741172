import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { adapterNameOf, judgeMutations, type Sample } from "./judge-damage.ts";

const SAMPLES = new URL("../../../shared/samples/", import.meta.url);
const FOLDERS = ["stripe", "mollie", "checkoutcom", "multisafepay", "trustly"];
const MUTATIONS = 5_000;

function accepted(): readonly Sample[] {
  const files = FOLDERS.flatMap((folder) => readdirSync(new URL(`${folder}/`, SAMPLES)).map((name) => [folder, name]));
  return files
    .map(([folder, name]) => {
      return {
        path: `${folder}/${name}`,
        bytes: readFileSync(new URL(`${folder}/${encodeURIComponent(name!)}`, SAMPLES)),
      };
    })
    .filter(({ bytes }) => /^(?:stripe|mollie|checkout|multisafepay|trustly)/.test(adapterNameOf(bytes) ?? ""));
}

describe.skipIf(!existsSync(SAMPLES))(
  "damaged files of payment providers (skipped unless ../shared/samples is there)",
  () => {
    test(`${MUTATIONS} mutations end in no crash and in no amount that the file does not state`, async () => {
      const samples = accepted();
      expect(samples.length).toBeGreaterThan(15);
      const verdicts = await judgeMutations(samples, MUTATIONS, 20_261_124);
      // Each kind of end is met, so that the test could fail in each.
      for (const [verdict, count] of Object.entries(verdicts)) expect(count, verdict).toBeGreaterThan(50);
    }, 180_000);
  },
);
