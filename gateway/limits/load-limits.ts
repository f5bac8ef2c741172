import { readFile } from "node:fs/promises";
import { z } from "zod";
import { AppError } from "../../subgraphs/shared/errors.ts";
import { DEFAULT_LIMITS, type Limits, type LimitsOptions } from "./limits.ts";

const number = z.int().min(1);

const ALL = z.strictObject(
  Object.fromEntries(Object.keys(DEFAULT_LIMITS).map((name) => [name, number.optional()])) as Record<
    keyof Limits,
    z.ZodOptional<typeof number>
  >,
);

const LIMITS = z.strictObject({
  all: ALL.optional(),
  roles: z.record(z.string(), ALL.omit({ tokens: true, defaultListSize: true, unpagedListSize: true })).optional(),
});

/**
 * Reads what differs from the usual limits, for everyone and by role: `{"all": {"depth": 8}, "roles": {"machine":
 * {"cost": 50000}}}`.
 * @throws AppError BAD_CONFIGURATION when it cannot be read or names what is no limit
 */
export async function loadLimits(path: string): Promise<LimitsOptions> {
  let content: unknown;
  try {
    content = JSON.parse(await readFile(path, "utf8"));
  } catch (cause) {
    throw unusable(`${path} cannot be read as JSON: ${(cause as Error).message}`, cause);
  }
  const limits = LIMITS.safeParse(content);
  if (!limits.success) throw unusable(`${path} holds no limits: ${z.prettifyError(limits.error)}`);
  // Members that are absent stay absent: zod adds none.
  return limits.data as LimitsOptions;
}

function unusable(message: string, cause?: unknown): AppError {
  return new AppError("BAD_CONFIGURATION", message, { cause });
}
