#!/usr/bin/env node
import "reflect-metadata";
import { type Command, type ExitCode, runCommand, UsageError } from "./commands/command.ts";
import { maskCards } from "./subgraphs/shared/card-detector.ts";
import { readConfig } from "./subgraphs/shared/config.ts";
import { AppError } from "./subgraphs/shared/errors.ts";

/** Loaded when asked for: `inspect` must not pay for a gateway. */
const COMMANDS: Readonly<Record<string, () => Promise<{ readonly command: Command }>>> = {
  start: () => import("./commands/start.ts"),
  gateway: () => import("./commands/gateway.ts"),
  subgraph: () => import("./commands/subgraph.ts"),
  worker: () => import("./commands/worker.ts"),
  compose: () => import("./commands/compose.ts"),
  migrate: () => import("./commands/migrate.ts"),
  ingest: () => import("./commands/ingest.ts"),
  inspect: () => import("./commands/inspect.ts"),
  adapter: () => import("./commands/adapter.ts"),
  reconcile: () => import("./commands/reconcile.ts"),
  rules: () => import("./commands/rules.ts"),
  coverage: () => import("./commands/coverage.ts"),
  grant: () => import("./commands/grant.ts"),
  machine: () => import("./commands/machine.ts"),
  terminal: () => import("./commands/terminal.ts"),
  "support-access": () => import("./commands/support-access.ts"),
  contract: () => import("./commands/contract.ts"),
  webhooks: () => import("./commands/webhooks.ts"),
  check: () => import("./commands/check.ts"),
  simulate: () => import("./commands/simulate.ts"),
  bench: () => import("./commands/bench.ts"),
};

async function main([name = "help", ...args]: readonly string[]): Promise<ExitCode> {
  const load = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (!load) {
    const asked = ["help", "--help", "-h"].includes(name);
    process[asked ? "stdout" : "stderr"].write(
      `${asked ? "" : `unknown command "${maskCards(name).text}"\n`}${await overview()}`,
    );
    return asked ? 0 : 2;
  }
  const { command } = await load();
  if (args.includes("--help")) {
    process.stdout.write(`${command.summary}\nusage: ${command.usage}\n`);
    return 0;
  }
  return runCommand(command, args, readConfig());
}

async function overview(): Promise<string> {
  const loaded = await Promise.all(
    Object.entries(COMMANDS).map(async ([name, load]) => `  ${name.padEnd(14)} ${(await load()).command.summary}`),
  );
  return `usage: concord COMMAND [options]\n\n${loaded.join("\n")}\n\nconcord COMMAND --help tells more.\n`;
}

main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`${maskCards(describe(error)).text}\n`);
    process.exit(error instanceof UsageError ? 2 : 3);
  },
);

function describe(error: unknown): string {
  if (error instanceof UsageError) return error.message;
  if (error instanceof AppError) return `${error.code}: ${error.message}`;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
