import { readFileSync } from "node:fs";
import { linesOf } from "./database/password-file.ts";
import { weaknessOf } from "./secret-strength.ts";

const FILES = {
  DATABASE_PASSWORD_FILE: "DATABASE_URL",
  DATABASE_APP_PASSWORD_FILE: "DATABASE_APP_URL",
  REDIS_PASSWORD_FILE: "REDIS_URL",
} as const;

type File = keyof typeof FILES;
type Settings = Readonly<Partial<Record<File | (typeof FILES)[File], string | undefined>>>;

/** What is wrong with the files that passwords are to be read from, by the variable that names them. */
export function passwordFileFaults(settings: Settings): readonly (readonly [File, string])[] {
  return (Object.keys(FILES) as File[]).flatMap((name) => {
    const fault = settings[name] === undefined ? undefined : faultOf(settings[name], FILES[name], settings);
    return fault === undefined ? [] : [[name, fault] as const];
  });
}

function faultOf(file: string, of: (typeof FILES)[File], settings: Settings): string | undefined {
  const url = settings[of];
  if (url === undefined || !URL.canParse(url)) return `must not be set without ${of}`;
  if (new URL(url).password !== "") return `must not be set while a password stands in ${of}: take it out there`;
  try {
    const passwords = linesOf(readFileSync(file, "utf8"));
    if (passwords.length < 1 || passwords.length > 2)
      return "must name a file with one password, or two while it changes";
    const weak = passwords.map((password) => weaknessOf(password, 16)).find((weakness) => weakness !== undefined);
    return weak && `${weak}: give that role another password, such as \`openssl rand -hex 24\` makes`;
  } catch {
    return "must name a file that can be read";
  }
}
