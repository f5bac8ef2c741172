import { parse } from "content-disposition";
import { AppError } from "../../subgraphs/shared/errors.ts";

/** Where a raw upload may say what its file is called. */
export type NameSources = {
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
};

/** The file name of a raw upload: `?name=`, the header x-file-name (percent-encoded UTF-8) or Content-Disposition. */
export function givenFileName({ query, headers }: NameSources): string | undefined {
  const header = headers["x-file-name"];
  const disposition = headers["content-disposition"];
  return (
    query.get("name") ??
    (typeof header === "string" ? percentDecoded(header) : undefined) ??
    (typeof disposition === "string" ? dispositionFileName(disposition) : undefined)
  );
}

/**
 * A name that is safe to log, to show and to look up by: the last part of a path, without control and direction marks.
 * @throws AppError INVALID_INPUT when nothing is left.
 */
export function plainFileName(given: string | undefined): string {
  const name = (given ?? "").split(/[/\\]/).at(-1)?.replace(UNPRINTABLE, "").trim() ?? "";
  if (name !== "" && name !== "." && name !== ".." && name.length <= LONGEST_NAME) return name;
  throw new AppError(
    "INVALID_INPUT",
    `The upload needs a file name of 1 to ${LONGEST_NAME} characters: give it as ?name= or in Content-Disposition.`,
  );
}

const LONGEST_NAME = 255;
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function dispositionFileName(header: string): string | undefined {
  try {
    return parse(header).parameters["filename"];
  } catch (cause) {
    throw new AppError("INVALID_INPUT", "The header Content-Disposition is malformed: correct it.", { cause });
  }
}
