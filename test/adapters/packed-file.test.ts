import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { inspectFile } from "../../commands/inspect-file.ts";
import { FIXTURES } from "./fixtures.ts";
import { zipOf } from "./zip.ts";

test("a packed file is inspected as if it were not packed, and a bad archive is refused", async () => {
  const folder = await mkdtemp(join(tmpdir(), "concord-packed-"));
  try {
    const content = await readFile(new URL("camt/statement-2026-11-19.xml", FIXTURES));
    const inspect = async (name: string, bytes: Buffer) => {
      await writeFile(join(folder, name), bytes);
      const { file: _, ...found } = await inspectFile(join(folder, name));
      return found;
    };
    const plain = await inspect("plain.xml", content);
    expect(plain).toMatchObject({ adapter: "camt", rows: 7 });
    expect(await inspect("packed.gz", gzipSync(content))).toEqual(plain);
    expect(await inspect("packed.zip", zipOf([{ name: "statement.xml", content }]))).toEqual(plain);
    const cut = inspect("cut.gz", gzipSync(content).subarray(0, -4));
    await expect(cut).rejects.toMatchObject({ code: "FILE_REJECTED" });
  } finally {
    await rm(folder, { recursive: true });
  }
});
