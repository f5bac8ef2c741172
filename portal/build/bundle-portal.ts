import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants } from "node:zlib";
import { build } from "vite";

/** Bundles the portal, and compresses once what the gateway sends often. */
export async function bundlePortal(root: string, outDir: string): Promise<void> {
  await build({
    root,
    configFile: join(root, "vite.config.ts"),
    logLevel: "warn",
    build: { outDir, emptyOutDir: true },
  });
  const assets = join(outDir, "assets");
  const names = await readdir(assets);
  await Promise.all(names.map((name) => compressed(join(assets, name))));
}

const compress = promisify(brotliCompress);

async function compressed(path: string): Promise<void> {
  if (!/\.(js|css|svg)$/.test(path)) return;
  const params = { [constants.BROTLI_PARAM_QUALITY]: 9 };
  await writeFile(`${path}.br`, await compress(await readFile(path), { params }));
}
