import fc from "fast-check";
import { expect, test } from "vitest";
import { businessDateOf, zonedInstant } from "../../subgraphs/shared/time.ts";

const RUNS = { numRuns: 10_000 };
const HOUR = 3_600_000;

/** The last Sunday of a month at 01:00 UTC, when every clock of the European Union changes. */
function changeOf(year: number, month: 2 | 9): number {
  const last = new Date(Date.UTC(year, month + 1, 0));
  return Date.UTC(year, month, last.getUTCDate() - last.getUTCDay(), 1);
}

const year = fc.integer({ min: 2000, max: 2035 });
const zone = fc.constantFrom("Europe/Brussels", "Europe/Amsterdam", "Europe/Luxembourg", "Europe/Paris");
/** Seconds from three hours before a change to three hours after it. */
const around = fc.integer({ min: -3 * 3_600, max: 3 * 3_600 });
const wall = (millis: number) => new Date(millis).toISOString().slice(0, 19).replace("T", " ");

/** What a clock on the wall shows, worked out from the rule of the Union and not from any library. */
const winterOffset = HOUR;
const summerOffset = 2 * HOUR;

test("every instant around October's change is read back from its wall clock, the hour that comes twice as ambiguous", () => {
  fc.assert(
    fc.property(year, zone, around, (of, name, seconds) => {
      const change = changeOf(of, 9);
      const at = change + seconds * 1_000;
      const offset = at < change ? summerOffset : winterOffset;
      const twice = at >= change - HOUR && at < change + HOUR;
      const read = zonedInstant(wall(at + offset), name);
      // Of the two instants that show one time the earlier is taken.
      expect(read).toEqual({ at: new Date(twice && at >= change ? at - HOUR : at), ambiguous: twice });
      expect(businessDateOf(new Date(at), name)).toBe(wall(at + offset).slice(0, 10));
    }),
    RUNS,
  );
});

test("every instant around March's change is read back from its wall clock, and the hour that was skipped is refused", () => {
  fc.assert(
    fc.property(year, zone, around, (of, name, seconds) => {
      const change = changeOf(of, 2);
      const at = change + seconds * 1_000;
      const offset = at < change ? winterOffset : summerOffset;
      expect(zonedInstant(wall(at + offset), name)).toEqual({ at: new Date(at), ambiguous: false });
      expect(businessDateOf(new Date(at), name)).toBe(wall(at + offset).slice(0, 10));
      const skipped = change + winterOffset + (Math.abs(seconds) % 3_600) * 1_000;
      expect(() => zonedInstant(wall(skipped), name)).toThrow(/clocks in .* skipped it/);
    }),
    RUNS,
  );
});

test("wall clocks of one day are read in their order, but for the hour that comes twice", () => {
  fc.assert(
    fc.property(year, fc.constantFrom<2 | 9>(2, 9), zone, around, around, (of, month, name, one, other) => {
      const change = changeOf(of, month);
      const [first, second] = [one, other]
        .sort((a, b) => a - b)
        .map((seconds) => wall(change + HOUR + seconds * 1_000));
      const read = [first!, second!].flatMap((text) => {
        try {
          return [zonedInstant(text, name).at.getTime()];
        } catch {
          return [];
        }
      });
      if (read.length === 2) expect(read[0]).toBeLessThanOrEqual(read[1]!);
    }),
    RUNS,
  );
});
