import { createRequire } from "node:module";
import { defineConfig } from "vitest/config";

const require = createRequire(import.meta.url);

const SMOKE = "test/smoke/**/*.test.ts";

export default defineConfig({
  // graphql 16 has no `exports`: without the alias vite loads a second copy beside the one that type-graphql requires.
  resolve: { alias: [{ find: /^graphql$/, replacement: require.resolve("graphql") }] },
  test: {
    // The smoke test measures how fast a start is, so it runs after the others and alone.
    projects: [
      { extends: true, test: { name: "suites", include: ["test/**/*.test.ts"], exclude: [SMOKE] } },
      { extends: true, test: { name: "smoke", include: [SMOKE], sequence: { groupOrder: 1 } } },
    ],
    globalSetup: ["test/support/global-setup.ts"],
    setupFiles: ["test/setup.ts"],
    pool: "forks",
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // Processes are started and killed on a machine whose load others decide; a fault that is real fails three times.
    retry: 2,
  },
});
