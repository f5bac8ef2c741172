import { createRequire } from "node:module";
import { defineConfig } from "vitest/config";
import { LongestFirst } from "./test/support/longest-first.ts";
import { suitesOf } from "./test/support/suites.ts";

const require = createRequire(import.meta.url);

export default defineConfig({
  // graphql 16 has no `exports`: without the alias vite loads a second copy beside the one that type-graphql requires.
  resolve: { alias: [{ find: /^graphql$/, replacement: require.resolve("graphql") }] },
  test: {
    // CI runs `stores*` on each kind of database and queue, and the others once. The smoke test measures how fast a start
    // is, so it runs after the others and alone.
    projects: [
      { extends: true, test: { name: "once", include: suitesOf({ need: "once", together: false }) } },
      {
        extends: true,
        test: { name: "once-together", isolate: false, include: suitesOf({ need: "once", together: true }) },
      },
      {
        extends: true,
        test: {
          name: "stores",
          include: suitesOf({ need: "stores", together: false }),
          globalSetup: ["test/support/global-setup.ts"],
        },
      },
      {
        extends: true,
        test: {
          name: "stores-together",
          isolate: false,
          include: suitesOf({ need: "stores", together: true }),
          globalSetup: ["test/support/global-setup.ts"],
        },
      },
      // Built once before its suites, which open it in a browser that those of a process share.
      {
        extends: true,
        test: {
          name: "portal",
          isolate: false,
          include: ["test/portal/**/*.test.ts"],
          globalSetup: ["test/support/global-setup.ts", "test/support/portal-setup.ts"],
        },
      },
      { extends: true, test: { name: "smoke", include: ["test/smoke/**/*.test.ts"], sequence: { groupOrder: 1 } } },
    ],
    setupFiles: ["test/setup.ts"],
    pool: "forks",
    // One more than CI has processors: suites wait for leases, for processes and for the disk, and the others use that time.
    maxWorkers: 3,
    sequence: { sequencer: LongestFirst },
    // These end what hangs. How long anything else takes is the machine's business, and measured in bench/.
    testTimeout: 240_000,
    hookTimeout: 300_000,
    // Processes are started and killed on a machine whose load others decide; a fault that is real fails three times.
    retry: 2,
  },
});
