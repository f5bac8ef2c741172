import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { adapterFor } from "../../adapters/registry.ts";
import { importFile } from "../../subgraphs/reconciliation/import/import-file.ts";
import { receiveFile } from "../../subgraphs/reconciliation/import/receive-file.ts";
import { FILE_COLUMNS, type FileRow, fileOf } from "../../subgraphs/reconciliation/settlement-file-row.ts";
import { type Ledger, openLedger } from "../support/ledger.ts";
import { lineAdapter } from "../support/line-adapter.ts";
import { until } from "../support/until.ts";

let release: () => void = () => undefined;
const held = new Promise<void>((resolve) => {
  release = resolve;
});

/** Reads a line every few milliseconds, and the last only when told to. */
const slow = lineAdapter("testslow", () => [], {
  read: async function* (file) {
    for await (const _ of file);
    for (let line = 2; line < 500; line++) {
      await delay(line === 499 ? 0 : 5);
      if (line === 499) await held;
      yield [{ kind: "skipped", line, raw: `line ${line}`, reason: "nothing to take" }];
    }
  },
});

let ledger: Ledger;
beforeAll(async () => {
  ledger = await openLedger("progress", (head) => adapterFor(head, [slow]));
});
afterAll(() => ledger.close());

test("while a file is read, its rows and bytes so far are to be seen, and its counts only at the end", async () => {
  const shop = await ledger.openShop();
  const content = `# testslow\n${"x\n".repeat(500)}`;
  const bytes = (async function* () {
    yield Buffer.from(content);
  })();
  const given = { bytes, name: "slow", merchantId: shop.id, origin: "CLI", userId: "user:test" } as const;
  const { id } = await receiveFile(ledger.services, given);
  const importing = importFile(ledger.services, shop.id, id);
  const shown = async () => {
    const [row] = await ledger.rows<FileRow>(`select ${FILE_COLUMNS} from reconciliation.source_file t where id = $1`, [
      id,
    ]);
    return fileOf(row!);
  };
  await until(async () => Number((await shown()).progress?.rows ?? 0) > 0);
  const during = await shown();
  expect(during).toMatchObject({ status: "PARSING", counts: { read: 0 }, progress: { bytes: content.length } });
  release();
  await importing;
  expect(await shown()).toMatchObject({ status: "APPLIED", progress: null, counts: { read: 498, skipped: 498 } });
});
