import { describe, expect, test } from "vitest";
import { expectNoWrongSums, HAS_SAMPLES, MUTATION_SEED, samplesIn } from "./judge-damage.ts";

const EACH = 5_000;

describe.skipIf(!HAS_SAMPLES)(
  "damaged files of Amex and of payment providers (skipped unless ../shared/samples is there)",
  () => {
    test(`${EACH} mutations of each end in no crash and in no wrong sum (seed ${MUTATION_SEED})`, async () => {
      const samples = await samplesIn(["amex", "stripe", "mollie", "checkoutcom", "multisafepay", "trustly"]);
      expect(samples.length).toBeGreaterThan(25);
      await expectNoWrongSums(samples, EACH);
    }, 600_000);
  },
);
