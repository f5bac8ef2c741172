import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { openReadme, PROJECT_ROOT } from "../support/readme.ts";

const page = await openReadme("FEATURES.md");
const HEADINGS = ["MyCCV, feature for feature", "What is asked for elsewhere"];
const rows = HEADINGS.flatMap((heading) => page.table(heading));

/** What a cell says that we have, by how it begins. */
const HAS = /^(yes|partly)\b/;
const LACKS = /^(no|not yet)\b/;

const proofsIn = (cell: string) =>
  [...cell.matchAll(/(test\/\S+\.test\.ts) “([^”]+)”/g)].map(([, file = "", title = ""]) => ({ file, title }));

describe("the page of features", () => {
  test("says of each whether we have it", () => {
    expect(rows.length).toBeGreaterThan(30);
    for (const [feature, , , ours = ""] of rows) expect(HAS.test(ours) || LACKS.test(ours), feature).toBe(true);
  });

  test("proves what we have, and nothing that we lack", () => {
    for (const [feature, , , ours = "", proof = ""] of rows) {
      expect(proofsIn(proof).length > 0, feature).toBe(HAS.test(ours));
      // Nothing stands in a cell of proofs that is not read as one.
      expect(
        proofsIn(proof)
          .map(({ file, title }) => `${file} “${title}”`)
          .join(" · "),
        feature,
      ).toBe(proof);
    }
  });

  test.each(rows.flatMap(([, , , , proof = ""]) => proofsIn(proof)))(
    "$file has the test “$title”",
    async ({ file, title }) => {
      const text = await readFile(join(PROJECT_ROOT, file), "utf8");
      expect(text.includes(`"${title}"`) || text.includes(`\`${title}\``), `${file} has no test "${title}"`).toBe(true);
    },
  );
});
