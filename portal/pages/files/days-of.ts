import type { FileRowFragment } from "../../generated/pages/files/files.ts";
import type { Formats } from "../../language/formats.ts";

/** The days that a file tells of, over all of its accounts; undefined where it names none. */
export function daysOf({ accounts }: Pick<FileRowFragment, "accounts">, { dates }: Formats): string | undefined {
  const days = (accounts ?? [])
    .flatMap(({ firstDate, lastDate }) => [firstDate, lastDate])
    .filter((day) => day !== null);
  const [first, last] = [days.sort()[0], days.sort().at(-1)];
  if (first === undefined || last === undefined) return undefined;
  return dates(first, last);
}
