import { expect, test } from "vitest";
import { adapter } from "../../adapters/providers/ccv-terminal-journal.ts";
import { terminalJournal } from "../support/settlement-files.ts";
import { bytesOf, readAll } from "./fixtures.ts";

test("a circuit nobody mapped is a rejected row that names it, and never some acquirer's sale", async () => {
  const journal = terminalJournal("90120001", [
    { amount: 500, stan: "1" },
    { amount: 700, stan: "2", circuit: "EDENRED" },
  ]);
  const { rows } = await readAll(adapter, bytesOf(journal));
  expect(rows.map((row) => (row.kind === "event" ? row.event.provider : row.kind))).toEqual(["adyen", "rejected"]);
  expect(rows[1]).toMatchObject({ problem: expect.stringContaining('"EDENRED"') });
});
