import { createReadStream } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { readCsv } from "../../adapters/readers/csv.ts";
import { PEERS } from "./peers.ts";

type CsvReader = { readonly name: string; readonly rows: (path: string) => Promise<number> };

/** Ours first, then those it is measured beside: each counts a file's rows, header excluded, cells cut out of it. */
export const CSV_READERS: readonly CsvReader[] = [
  { name: "ours", rows: ours },
  { name: "udsv", rows: udsv },
  { name: "papaparse", rows: papaparse },
  { name: "csv-parse", rows: csvParse },
];

const CHUNK_BYTES = 256 * 1024;

async function ours(path: string): Promise<number> {
  let rows = -1;
  for await (const chunk of readCsv(open(path), { delimiter: ",", encoding: "utf-8" })) rows += chunk.length;
  return rows;
}

/** It keeps the first chunk's callback for the whole stream, so the callback is one closure over the count. */
async function udsv(path: string): Promise<number> {
  const { inferSchema, initParser } = await peer<Udsv>("udsv");
  const decoder = new TextDecoder();
  let parser: UdsvParser | undefined;
  let rows = 0;
  const count = () => {
    rows += 1;
  };
  for await (const bytes of open(path)) {
    const text = decoder.decode(bytes, { stream: true });
    parser ??= initParser(inferSchema(text, { col: ",", row: "\n", encl: '"' }));
    parser.chunk(text, parser.stringArrs, count);
  }
  parser?.end();
  return rows;
}

async function papaparse(path: string): Promise<number> {
  const { parse } = (await peer<{ default: Papa }>("papaparse")).default;
  let rows = -1;
  await new Promise<void>((resolve, reject) => {
    const chunk = ({ data }: { readonly data: readonly unknown[] }) => {
      rows += data.length;
    };
    parse(open(path), { chunk, complete: resolve, error: reject });
  });
  return rows;
}

async function csvParse(path: string): Promise<number> {
  const { parse } = await peer<CsvParse>("csv-parse");
  let rows = -1;
  const parser = open(path).pipe(parse());
  parser.on("data", () => {
    rows += 1;
  });
  await new Promise((resolve, reject) => parser.on("end", resolve).on("error", reject));
  return rows;
}

function open(path: string) {
  return createReadStream(path, { highWaterMark: CHUNK_BYTES });
}

async function peer<T>(name: string): Promise<T> {
  return (await import(pathToFileURL(createRequire(`${PEERS}/package.json`).resolve(name)).href)) as T;
}

type UdsvParser = {
  readonly stringArrs: unknown;
  readonly chunk: (text: string, parse: unknown, onRow: () => void) => void;
  readonly end: () => void;
};
type Udsv = {
  readonly inferSchema: (text: string, format: Readonly<Record<string, string>>) => unknown;
  readonly initParser: (schema: unknown) => UdsvParser;
};
type Papa = {
  readonly parse: (
    file: NodeJS.ReadableStream,
    on: {
      readonly chunk: (result: { readonly data: readonly unknown[] }) => void;
      readonly complete: () => void;
      readonly error: (error: Error) => void;
    },
  ) => void;
};
type CsvParse = { readonly parse: () => NodeJS.ReadWriteStream };
