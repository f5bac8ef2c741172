import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { extname, join, relative, sep } from "node:path";

/** One file of the portal, as it is sent. */
export type PortalFile = {
  readonly type: string;
  readonly body: Buffer;
  /** The same, compressed by brotli when it was built. */
  readonly brotli: Buffer | undefined;
  readonly etag: string;
  /** Its name has its hash: under that name it never changes. */
  readonly isHashed: boolean;
};

export type PortalFiles = {
  readonly index: PortalFile;
  /** By path, the index left out. */
  readonly others: ReadonlyMap<string, PortalFile>;
};

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
};

/** Reads what `npm run build` made of the portal, less than a megabyte, once. Undefined where it was not built. */
export async function loadPortal(folder: string): Promise<PortalFiles | undefined> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const paths = entries
    .filter((entry) => entry.isFile() && Object.hasOwn(TYPES, extname(entry.name)))
    .map((entry) => join(entry.parentPath, entry.name));
  const files = new Map(
    await Promise.all(
      paths.map(async (path) => [`/${relative(folder, path).split(sep).join("/")}`, await load(path)] as const),
    ),
  );
  const index = files.get("/index.html");
  files.delete("/index.html");
  return index && { index, others: files };
}

async function load(path: string): Promise<PortalFile> {
  const [body, brotli] = await Promise.all([readFile(path), readFile(`${path}.br`).catch(() => undefined)]);
  return {
    type: TYPES[extname(path)] ?? "application/octet-stream",
    body,
    brotli,
    etag: `"${createHash("sha256").update(body).digest("base64url")}"`,
    isHashed: path.includes(`${sep}assets${sep}`),
  };
}
