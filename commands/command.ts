import { type ParseArgsConfig, parseArgs } from "node:util";
import { maskCards } from "../subgraphs/shared/card-detector.ts";
import type { Config } from "../subgraphs/shared/config.ts";

/** What every command gets; it writes through here, so that a test can read what a person would. */
export type CommandContext = {
  readonly config: Config;
  readonly positionals: readonly string[];
  readonly options: Readonly<Record<string, string | boolean | undefined>>;
  /** A line for people; silent under --json. */
  readonly say: (line: string) => void;
  /** Progress on one line that is overwritten; silent under --json and where no terminal is. */
  readonly progress: (line: string) => void;
  /** The result for machines; written only under --json. */
  readonly report: (value: unknown) => void;
};

export type Command = {
  readonly summary: string;
  readonly usage: string;
  readonly options?: NonNullable<ParseArgsConfig["options"]>;
  readonly run: (context: CommandContext) => Promise<ExitCode>;
};

/**
 * 0 done; 1 done, and the answer is no (a file was rejected, an invariant is violated); 2 the command was called wrongly;
 * 3 it could not be done.
 */
export type ExitCode = 0 | 1 | 2 | 3;

/** Thrown for a wrong call; its message goes to the person with the usage. */
export class UsageError extends Error {}

/** Runs a command with its arguments. */
export function runCommand(command: Command, args: readonly string[], config: Config): Promise<ExitCode> {
  const { values, positionals } = parse(command, args);
  const json = values.json === true;
  const terminal = process.stderr.isTTY && !json;
  return command.run({
    config,
    positionals,
    options: values,
    say: (line) => {
      if (!json) process.stdout.write(`${maskCards(line).text}\n`);
    },
    progress: (line) => {
      if (terminal) process.stderr.write(`\r\u001b[K${maskCards(line).text}`);
    },
    report: (value) => {
      if (json) process.stdout.write(`${toJson(value)}\n`);
    },
  });
}

function parse({ options = {}, usage }: Command, args: readonly string[]) {
  try {
    const parsed = parseArgs({
      args: [...args],
      options: { ...options, json: { type: "boolean" } },
      allowPositionals: true,
    });
    return { values: parsed.values as Record<string, string | boolean | undefined>, positionals: parsed.positionals };
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : String(error)}\nusage: ${usage}`);
  }
}

/**
 * JSON with bigints as the integers they are: an amount in minor units is a number, however large. Texts of files and
 * shops may hold card numbers, and what is written here ends up in files.
 */
function toJson(value: unknown): string {
  if (typeof value === "bigint") return value.toString();
  if (typeof value === "string") return JSON.stringify(maskCards(value).text);
  if (Array.isArray(value)) return `[${value.map((item) => toJson(item ?? null)).join(",")}]`;
  if (value instanceof Date || value === null || typeof value !== "object") return JSON.stringify(value ?? null);
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${toJson(member)}`).join(",")}}`;
}
