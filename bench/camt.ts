import { createReadStream, createWriteStream } from "node:fs";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { parseArgs, TextDecoder } from "node:util";
import { SaxesParser } from "saxes";
import { holds } from "../adapters/adapter.ts";
import { adapter } from "../adapters/providers/camt.ts";

/**
 * Reads a generated camt.053 as an import would, entries, texts and balances, beside its floor, reading and decoding the
 * same bytes, and beside the XML parser alone, in one run. Prints JSON. The CPU time is what others on the machine change least.
 *
 *   node --import tsx bench/camt.ts --mb 200
 */
const ENTRY_BYTES = 815;
const { values } = parseArgs({ options: { mb: { type: "string", default: "200" } } });
const folder = await mkdtemp(join(tmpdir(), "concord-bench-"));
try {
  process.stdout.write(`${JSON.stringify(await measure(Number(values.mb)), null, 2)}\n`);
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function measure(megabytes: number) {
  const file = join(folder, "camt.xml");
  await pipeline(Readable.from(camt053(Math.round((megabytes * 1e6) / ENTRY_BYTES))), createWriteStream(file));
  const fileBytes = (await stat(file)).size;
  const memory = watchMemory();
  const floor = await timed(() => decodeOnly(file));
  const parser = await timed(() => parseOnly(file));
  const read = await timed(() => readEntries(file));
  const rate = (seconds: number) => Math.round(fileBytes / 1e5 / seconds) / 10;
  return {
    ratios: {
      readToFloor: round(floor.cpuSeconds / read.cpuSeconds),
      readToParser: round(parser.cpuSeconds / read.cpuSeconds),
    },
    megabytesPerSecond: { floor: rate(floor.seconds), parser: rate(parser.seconds), read: rate(read.seconds) },
    megabytesPerCpuSecond: {
      floor: rate(floor.cpuSeconds),
      parser: rate(parser.cpuSeconds),
      read: rate(read.cpuSeconds),
    },
    entries: read.value,
    entriesPerSecond: Math.round(read.value / read.seconds),
    peakRssBytes: memory.stop(),
    fileBytes,
    node: process.version,
  };
}

async function decodeOnly(file: string): Promise<number> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let characters = 0;
  for await (const bytes of open(file)) characters += decoder.decode(bytes, { stream: true }).length;
  return characters;
}

async function parseOnly(file: string): Promise<number> {
  const parser = new SaxesParser({ position: false });
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let tags = 0;
  parser.on("opentag", () => {
    tags += 1;
  });
  for await (const bytes of open(file)) parser.write(decoder.decode(bytes, { stream: true }));
  parser.close();
  return tags;
}

async function readEntries(file: string): Promise<number> {
  let entries = 0;
  for await (const readings of adapter.read(open(file))) {
    for (const reading of readings) {
      if (reading.kind === "bank") entries += 1;
      else if (reading.kind !== "control" || !holds(reading.total)) throw new Error("the generated file does not foot");
    }
  }
  return entries;
}

function open(file: string): AsyncIterable<Buffer> {
  return createReadStream(file, { highWaterMark: 256 * 1024 });
}

/** Entries as a Belgian bank writes them, one payment in each, with the names that the adapter passes over. */
function* camt053(entries: number): Generator<string> {
  yield `<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt>
<GrpHdr><MsgId>1</MsgId><CreDtTm>2026-11-20T05:10:00+01:00</CreDtTm></GrpHdr>
<Stmt><Id>2026-222</Id><Acct><Id><IBAN>BE71096123456769</IBAN></Id><Ccy>EUR</Ccy></Acct>
${balance("OPBD", 0)}${balance("CLBD", (entries * (entries + 1)) / 2)}`;
  for (let nth = 1; nth <= entries; nth += 1) yield entry(nth);
  yield "</Stmt></BkToCstmrStmt></Document>\n";
}

function balance(type: string, cents: number): string {
  return `<Bal><Tp><CdOrPrtry><Cd>${type}</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">${euros(cents)}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-11-19</Dt></Dt></Bal>\n`;
}

function entry(nth: number): string {
  return `  <Ntry>
    <NtryRef>${nth}</NtryRef>
    <Amt Ccy="EUR">${euros(nth)}</Amt>
    <CdtDbtInd>CRDT</CdtDbtInd>
    <Sts><Cd>BOOK</Cd></Sts>
    <BookgDt><Dt>2026-11-19</Dt></BookgDt>
    <ValDt><Dt>2026-11-19</Dt></ValDt>
    <AcctSvcrRef>KB2632300000${nth}</AcctSvcrRef>
    <BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>RCDT</Cd><SubFmlyCd>ESCT</SubFmlyCd></Fmly></Domn></BkTxCd>
    <NtryDtls>
      <TxDtls>
        <Refs><EndToEndId>TX77${nth}XT</EndToEndId></Refs>
        <RltdPties>
          <Dbtr><Pty><Nm>Customer ${nth}</Nm><PstlAdr><Ctry>BE</Ctry><AdrLine>Street ${nth}</AdrLine></PstlAdr></Pty></Dbtr>
          <DbtrAcct><Id><IBAN>BE22313215646432</IBAN></Id></DbtrAcct>
        </RltdPties>
        <RmtInf><Ustrd>TX77${nth}XT batch ${nth}, Korenaar &amp; Zonen</Ustrd></RmtInf>
      </TxDtls>
    </NtryDtls>
  </Ntry>
`;
}

function euros(cents: number): string {
  return `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, "0")}`;
}

type Timed = { readonly seconds: number; readonly cpuSeconds: number; readonly value: number };

async function timed(work: () => Promise<number>): Promise<Timed> {
  const startedAt = performance.now();
  const before = process.cpuUsage();
  const value = await work();
  const { user, system } = process.cpuUsage(before);
  return { seconds: (performance.now() - startedAt) / 1000, cpuSeconds: (user + system) / 1e6, value };
}

function round(ratio: number): number {
  return Math.round(ratio * 1000) / 1000;
}

function watchMemory(): { readonly stop: () => number } {
  let peak = 0;
  const timer = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage.rss());
  }, 50);
  return {
    stop: () => {
      clearInterval(timer);
      return peak;
    },
  };
}
