import fc from "fast-check";
import { expect, test } from "vitest";
import { CopyWriter } from "../../subgraphs/shared/store/copy-writer.ts";

function written(write: (writer: CopyWriter) => void): string {
  const writer = new CopyWriter();
  write(writer);
  writer.endRow();
  return Buffer.from(writer.handOver().bytes).toString("utf8");
}

test("an instant is written as toISOString writes it, before 1970 as well", () => {
  const instants = fc.date({ min: new Date("0001-01-01"), max: new Date("9999-12-31"), noInvalidDate: true });
  fc.assert(
    fc.property(instants, (at) => {
      expect(written((writer) => writer.instant(at))).toBe(`${at.toISOString()}\n`);
    }),
  );
});

test("rows that were handed over stand as they were, whatever is written next", () => {
  const writer = new CopyWriter();
  const long = "x".repeat(200_000);
  writer.text(long);
  writer.endRow();
  writer.text("half a row");
  writer.dropRow();
  const first = writer.handOver();
  writer.text("next");
  writer.endRow();
  const second = writer.handOver();
  expect([first.rows, second.rows]).toEqual([1, 1]);
  expect(Buffer.from(first.bytes).toString()).toBe(`${long}\n`);
  expect(Buffer.from(second.bytes).toString()).toBe("next\n");
});

test("memory that is given back is written again, however little of it there is, and nothing is handed over of nothing", () => {
  const writer = new CopyWriter();
  writer.count(1);
  writer.endRow();
  const small = new ArrayBuffer(4);
  writer.handOver(() => small);
  for (let row = 0; row < 1_000; row += 1) {
    writer.text("several bytes");
    writer.endRow();
  }
  const { rows, bytes } = writer.handOver();
  expect([rows, Buffer.from(bytes).toString()]).toEqual([1_000, "several bytes\n".repeat(1_000)]);
  expect(writer.handOver()).toEqual({ rows: 0, bytes: new Uint8Array() });
});
