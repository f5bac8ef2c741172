import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, type Plugin } from "vite";

const ROOT = join(import.meta.dirname, "../../..");

/** A protection that is taken away: in the module whose path ends so, every `from` becomes `to`. */
export type Removal = { readonly module: string; readonly from: string | RegExp; readonly to: string };

/** A process of the crash tests as one file. */
export type Bundle = { readonly program: string; readonly remove: () => Promise<void> };

/**
 * The worker in one file with its libraries: to find and read thousands of files is most of a start. The product's own
 * sources are left as they are; `removals` are made in what is built.
 */
export function bundleWorker(name: string, removals: readonly Removal[] = []): Promise<Bundle> {
  const source = new URL("worker-process.ts", import.meta.url);
  return bundle(source, `worker-${name}`, { removals, isWhole: true });
}

/** Its libraries are left outside, since one of them is a binary. */
export function bundleGateway(name: string): Promise<Bundle> {
  const source = new URL("gateway-process.ts", import.meta.url);
  return bundle(source, `gateway-${name}`, { removals: [], isWhole: false });
}

type Contents = { readonly removals: readonly Removal[]; readonly isWhole: boolean };

async function bundle(source: URL, name: string, { removals, isWhole }: Contents): Promise<Bundle> {
  // Below the modules that it imports.
  const outDir = join(ROOT, "node_modules/.cache", `concord-crash-${process.pid}-${name}`);
  await mkdir(outDir, { recursive: true });
  const unmade = new Set(removals);
  await build({
    configFile: false,
    logLevel: "error",
    root: ROOT,
    ssr: { noExternal: isWhole || [] },
    plugins: [removing(unmade, removals)],
    build: {
      ssr: true,
      outDir,
      minify: false,
      target: "node20",
      rollupOptions: {
        input: fileURLToPath(source),
        external: ["pg-native"],
        output: { entryFileNames: "program.mjs" },
      },
    },
  });
  const left = [...unmade].map(({ module, from }) => `${module}: ${from}`);
  if (left.length > 0) throw new Error(`there is nothing to remove:\n${left.join("\n")}`);
  return { program: join(outDir, "program.mjs"), remove: () => rm(outDir, { recursive: true, force: true }) };
}

function removing(unmade: Set<Removal>, removals: readonly Removal[]): Plugin {
  return {
    name: "remove-protection",
    enforce: "pre",
    transform: (code, id) => {
      let changed = code;
      for (const removal of removals.filter(({ module }) => id.endsWith(module))) {
        const next = changed.replaceAll(removal.from, removal.to);
        if (next !== changed) unmade.delete(removal);
        changed = next;
      }
      return changed === code ? undefined : changed;
    },
  };
}
