import { expect, test } from "vitest";
import { measureQuality } from "../../commands/measure-quality.ts";

test("matching makes no mistake, finds nearly all, and is ahead of the usual matchers", {
  timeout: 120_000,
}, async () => {
  const quality = await measureQuality({ seed: 5, from: "2026-10-12", transactions: 6_000, progress: () => undefined });
  const { ours, byStage, greedyFirstFit, amountAndThreeDays, lines, leftAmbiguous } = quality;
  expect(lines).toBeGreaterThan(1_500);
  expect(ours.decided.wrong).toBe(0);
  expect(ours.decided.rightAboveEur100).toBeGreaterThan(0);
  expect(ours.recall).toBeGreaterThanOrEqual(0.98);
  expect(ours.f1).toBeGreaterThan(Math.max(greedyFirstFit.f1, amountAndThreeDays.f1));
  // The usual ones are wrong here, so that being right says something.
  expect(greedyFirstFit.decided.wrong).toBeGreaterThan(0);
  expect(Object.keys(byStage)).toEqual(expect.arrayContaining(["REFERENCE", "ARN", "AUTHORISATION", "SCORED"]));
  expect(leftAmbiguous).toMatchObject({ "ambiguous pair": 2 });
});
