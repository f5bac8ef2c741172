import { existsSync } from "node:fs";
import { dirname, join } from "node:path";

/** The folder of `package.json`, above both the sources and what the build makes of them in `dist`. */
export const PROJECT_ROOT = rootAbove(import.meta.dirname);

function rootAbove(folder: string): string {
  return existsSync(join(folder, "package.json")) ? folder : rootAbove(dirname(folder));
}
