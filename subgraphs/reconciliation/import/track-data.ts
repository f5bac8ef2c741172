import { isRow, type Reading } from "../../../adapters/adapter.ts";
import { AppError } from "../../shared/errors.ts";

/**
 * Passes a file's readings on, and refuses the file at the first sign of what nobody may keep after an authorisation: the
 * stripe of a card (track 1 or 2) or a column of verification codes. A masked number is not enough then: the whole of it
 * must go back to whoever sent it.
 */
export async function* withoutTrackData(rows: AsyncIterable<readonly Reading[]>): AsyncGenerator<readonly Reading[]> {
  for await (const readings of rows) {
    for (const reading of readings) {
      if (reading.kind === "layout") refuseCodes(reading.columns);
      // Banks have no stripe to show, and the text of their entries is put together only when asked for.
      else if (isRow(reading) && reading.kind !== "bank" && isTrack(reading.raw)) {
        throw refusal(`line ${reading.line} holds the magnetic stripe of a card`);
      }
    }
    yield readings;
  }
}

/** `%B`, number, `^`, name, `^` of track 1; `;`, number, `=`, expiry of track 2. */
function isTrack(raw: string): boolean {
  if (raw.includes("=") && /;\d{13,19}=\d{4}/.test(raw)) return true;
  return raw.includes("^") && /%B\d{13,19}\^[^^]{2,26}\^\d{4}/i.test(raw);
}

function refuseCodes(columns: readonly string[]): void {
  const codes = columns.find((name) =>
    /^(?:card[ _-]?)?(?:cvv2?|cvc2?|cav2|cid|(?:card )?(?:security|verification) (?:code|value))$/i.test(name),
  );
  if (codes !== undefined) throw refusal(`the column "${codes}" is of card verification codes`);
}

function refusal(problem: string): AppError {
  return new AppError(
    "FILE_REJECTED",
    `${problem}, which nobody may keep; tell the sender, delete every copy of this file and ask for one without`,
  );
}
