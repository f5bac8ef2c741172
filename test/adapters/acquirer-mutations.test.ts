import { existsSync, readdirSync, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { adapterNameOf, judgeMutations, type Sample } from "./judge-damage.ts";

const SAMPLES = new URL("../../../shared/samples/", import.meta.url);
const FOLDERS = ["adyen", "paypal", "amex", "worldline-globalcollect"];
const MUTATIONS = 5_000;
/** The two largest files would take all the time; their formats have smaller ones. */
const LARGEST_BYTES = 50_000;

function accepted(): readonly Sample[] {
  const files = FOLDERS.flatMap((folder) => readdirSync(new URL(`${folder}/`, SAMPLES)).map((name) => [folder, name]));
  return files
    .map(([folder, name]) => {
      const bytes = readFileSync(new URL(`${folder}/${encodeURIComponent(name!)}`, SAMPLES));
      return { path: `${folder}/${name}`, bytes: name!.endsWith(".gz") ? gunzipSync(bytes) : bytes };
    })
    .filter(({ bytes }) => bytes.length < LARGEST_BYTES && adapterNameOf(bytes) !== undefined);
}

describe.skipIf(!existsSync(SAMPLES))("damaged acquirers' files (skipped unless ../shared/samples is there)", () => {
  test(`${MUTATIONS} mutations end in no crash and in no line that does not add up`, async () => {
    const samples = accepted();
    expect(samples.length).toBeGreaterThan(45);
    const verdicts = await judgeMutations(samples, MUTATIONS, 20_261_125);
    for (const [verdict, count] of Object.entries(verdicts)) expect(count, verdict).toBeGreaterThan(50);
  }, 180_000);
});
