import { readdir } from "node:fs/promises";
import { AppError } from "../subgraphs/shared/errors.ts";
import type { SettlementAdapter } from "./adapter.ts";

const FOLDER = new URL("./providers/", import.meta.url);

/** Every file in `providers/` exports one `adapter`; adding a file is all it takes to add a format. */
export const adapters: readonly SettlementAdapter[] = await Promise.all(
  (await readdir(FOLDER)).filter(isCode).sort().map(load),
);

/**
 * The one adapter that accepts a file, judged by its first 4 KiB decoded as latin1. None, or two, throws NO_ADAPTER
 * rather than guess: two readings of the same money are worse than none.
 */
export function adapterFor(head: string, candidates: readonly SettlementAdapter[] = adapters): SettlementAdapter {
  const accepting = candidates.filter(({ accepts }) => accepts(head));
  const [adapter, ...rivals] = accepting;
  if (!adapter) {
    const known = candidates.map(({ name }) => name).join(", ");
    throw new AppError("NO_ADAPTER", `no adapter accepts this file; known formats are ${known}`);
  }
  if (rivals.length > 0) {
    const names = accepting.map(({ name }) => name).join(" and ");
    throw new AppError("NO_ADAPTER", `both ${names} accept this file; make their \`accepts\` exclude each other`);
  }
  return adapter;
}

/** True for `name.ts` under tsx and vitest and `name.js` in `dist`, false for declarations and source maps. */
function isCode(file: string): boolean {
  return /^[a-z0-9-]+\.(?:ts|js)$/.test(file);
}

async function load(file: string): Promise<SettlementAdapter> {
  const { adapter } = (await import(new URL(file, FOLDER).href)) as { adapter?: SettlementAdapter };
  const name = file.replace(/\.(?:ts|js)$/, "");
  if (adapter?.name !== name) {
    throw new AppError(
      "INTERNAL_ERROR",
      `adapters/providers/${file} must export an adapter named "${name}", not "${adapter?.name}"`,
    );
  }
  return adapter;
}
