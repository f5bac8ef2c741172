import { join } from "node:path";

/** The libraries that ours are measured beside: `npm ci --prefix bench/peers`. */
export const PEERS = join(import.meta.dirname, "..", "peers");
