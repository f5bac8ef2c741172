import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deflateRawSync, gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { unpacked, unpackedHead } from "../../adapters/readers/unpack.ts";
import { bytesOf } from "./fixtures.ts";
import { type Member, zipOf } from "./zip.ts";

const TEXT = Buffer.from("date;amount\n".repeat(5_000));

async function unpack(file: Buffer, size?: number): Promise<Buffer> {
  const pieces = [];
  for await (const bytes of unpacked(bytesOf(file, size))) pieces.push(bytes);
  return Buffer.concat(pieces);
}

const one: Member = { name: "report.csv", content: TEXT };

test.each([
  ["a file that is not packed", TEXT],
  ["an empty file", Buffer.alloc(0)],
  ["gzip", gzipSync(TEXT)],
  ["gzip with name, comment, extra field and checksum", gzipWithHeader(TEXT)],
  ["zip", zipOf([one])],
  ["zip, stored", zipOf([{ ...one, stored: true }])],
  ["zip with sizes behind the data", zipOf([{ ...one, describedLater: true }])],
  ["zip with sizes behind the data and no signature", zipOf([{ ...one, describedLater: true, unsigned: true }])],
  [
    "zip with a file in a folder and a comment",
    zipOf([{ ...one, name: "2026/report.csv" }], { comment: "sent by us" }),
  ],
])("%s comes out as it went in, in pieces of any size", async (name, file) => {
  const expected = name === "an empty file" ? file : TEXT;
  for (const size of [1, 13, 4_096, 1_000_000]) expect((await unpack(file, size)).equals(expected)).toBe(true);
  expect(await unpackedHead(bytesOf(file))).toBe(expected.subarray(0, 4096).toString("latin1"));
});

const zip = zipOf([one]);
const noise = randomBytes(64);

test.each<readonly [string, Buffer, string]>([
  ["gzip, cut", gzipSync(TEXT).subarray(0, -9), "the archive is cut"],
  ["gzip without its sums", gzipSync(TEXT).subarray(0, -8), "the archive is cut"],
  ["gzip, only the start", gzipSync(TEXT).subarray(0, 5), "the archive is cut"],
  ["gzip of nothing", gzipSync(""), "holds an empty file"],
  ["gzip of two members", Buffer.concat([gzipSync(TEXT), gzipSync(TEXT)]), "has more behind its end"],
  ["gzip with something behind it", Buffer.concat([gzipSync(TEXT), noise]), "has more behind its end"],
  ["gzip with a wrong checksum", changed(gzipSync(TEXT), -8), "its checksum does not hold"],
  ["gzip with a wrong length", changed(gzipSync(TEXT), -4), "its checksum does not hold"],
  ["gzip of a method that does not exist", changed(gzipSync(TEXT), 2), "of a kind that does not exist"],
  ["gzip in gzip", gzipSync(gzipSync(TEXT)), "holds another archive"],
  ["zip in gzip", gzipSync(zip), "holds another archive"],
  ["gzip in zip", zipOf([{ ...one, content: gzipSync(TEXT) }]), "holds another archive"],
  ["zip in zip", zipOf([{ ...one, content: zip }]), "holds another archive"],
  ["zip, cut", zip.subarray(0, -1), "the archive is cut"],
  ["zip without its directory", zip.subarray(0, -80), "the archive is cut"],
  ["zip of nothing", zipOf([]), "holds no file"],
  ["zip of two files", zipOf([one, { ...one, name: "other.csv" }]), "holds several files"],
  ["zip of two names that differ in case", zipOf([one, { ...one, name: "REPORT.CSV" }]), "holds several files"],
  ["zip with one file twice in its directory", zipOf([one], { directory: [one, one] }), "holds several files"],
  ["zip of another name in its directory", zipOf([one], { directory: [{ ...one, name: "x.csv" }] }), "is damaged"],
  ["zip of another size in its directory", zipOf([one], { directory: [{ ...one, content: noise }] }), "is damaged"],
  ["zip of a folder", zipOf([{ name: "2026/", content: Buffer.alloc(0), stored: true }]), "holds a folder"],
  ["zip that is encrypted", zipOf([{ ...one, flags: 1 }]), "is encrypted"],
  ["zip of a method that is not read", zipOf([{ ...one, method: 12 }]), "packed in a way that is not read"],
  ["zip of a symbolic link", zipOf([{ ...one, unixMode: 0o120777 }]), "holds a link or a device"],
  ["zip of a device", zipOf([{ ...one, unixMode: 0o020666 }]), "holds a link or a device"],
  ["zip with a wrong checksum", zipOf([{ ...one, crc32: 1 }]), "is damaged"],
  ["zip with something behind it", Buffer.concat([zip, noise]), "has more behind its end"],
  ["zip that is one of several volumes", Buffer.concat([Buffer.from("PK\u0007\u0008"), noise]), "several volumes"],
  ...["../../etc/x", "/etc/x", "C:\\x.csv", "..\\x.csv", "a/../../x", "\\\\host\\x", "x\0.csv"].map(
    (name): readonly [string, Buffer, string] => [
      `zip of ${JSON.stringify(name)}`,
      zipOf([{ ...one, name }]),
      "names a place outside itself",
    ],
  ),
])("%s is refused", async (_, file, problem) => {
  for (const size of [1, 1_000_000]) {
    await expect(unpack(file, size)).rejects.toMatchObject({ code: "FILE_REJECTED" });
    await expect(unpack(file, size)).rejects.toThrow(problem);
  }
});

test.each([
  ["gzip", gzipSync(Buffer.alloc(100_000_000))],
  ["zip", zipOf([{ name: "zeros.csv", content: Buffer.alloc(100_000_000) }])],
])("100 MB of zeros as %s are refused by what comes out, long before the end", async (_, bomb) => {
  let bytes = 0;
  const reading = async () => {
    for await (const piece of unpacked(bytesOf(bomb, 4_096))) bytes += piece.length;
  };
  await expect(reading()).rejects.toThrow("unpacks to more than 100 times its size");
  expect(bytes).toBeLessThan(12_000_000);
});

test("a damaged byte anywhere never goes unseen", async () => {
  for (const file of [gzipSync(TEXT, { level: 1 }), zipOf([one])]) {
    for (let at = 10; at < file.length; at += 1) {
      const outcome = await unpack(changed(file, at)).catch((error: { code?: string }) => error.code);
      if (outcome !== "FILE_REJECTED") expect(TEXT.equals(outcome as Buffer), `byte ${at}`).toBe(true);
    }
  }
});

test("the head is read without the rest of the file", async () => {
  let pieces = 0;
  async function* endless() {
    for (; pieces < 1_000; pieces += 1) yield Buffer.alloc(1_024, "x");
  }
  expect(await unpackedHead(endless())).toHaveLength(4_096);
  expect(pieces).toBeLessThan(8);
});

describe.skipIf(!hasZip())("archives of the zip program (skipped where it is not installed)", () => {
  test.each([
    ["by default", ["-q"]],
    ["stored", ["-q", "-0"]],
    ["as a stream", ["-q", "-fd"]],
  ])("%s", async (_, options) => {
    const folder = await mkdtemp(join(tmpdir(), "concord-zip-"));
    try {
      await writeFile(join(folder, "report.csv"), TEXT);
      await symlink("report.csv", join(folder, "link.csv"));
      const zipped = (name: string, file: string) => {
        execFileSync("zip", [...options, "-y", name, file], { cwd: folder });
        return readFile(join(folder, name));
      };
      expect((await unpack(await zipped("plain.zip", "report.csv"))).equals(TEXT)).toBe(true);
      // The program does not write a link as a stream.
      if (options.includes("-fd")) return;
      await expect(unpack(await zipped("link.zip", "link.csv"))).rejects.toThrow("holds a link");
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

function hasZip(): boolean {
  try {
    execFileSync("zip", ["-v"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

function changed(file: Buffer, at: number): Buffer {
  const copy = Buffer.from(file);
  const index = at < 0 ? copy.length + at : at;
  copy[index] = copy[index]! ^ 0x55;
  return copy;
}

function gzipWithHeader(content: Buffer): Buffer {
  const plain = gzipSync(content);
  const header = Buffer.from(plain.subarray(0, 10));
  header[3] = 2 + 4 + 8 + 16;
  const fields = Buffer.from("\u0003\u0000abcname.csv\0a comment\0\u0001\u0002", "latin1");
  return Buffer.concat([header, fields, deflateRawSync(content), plain.subarray(-8)]);
}
