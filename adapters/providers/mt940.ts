import { AppError } from "../../subgraphs/shared/errors.ts";
import type { Reading, SettlementAdapter } from "../adapter.ts";
import { fieldsOf } from "../bank/mt940-fields.ts";
import { Mt940Message } from "../bank/mt940-message.ts";

/**
 * MT940, the statements of SWIFT, in the dialects of Dutch, German and other banks: with or without SWIFT blocks around,
 * one message after another. Amounts have a decimal comma and perhaps no decimals, entry dates have no year, lines break
 * inside words and tags. Opening balance and entries must make the closing balance of each message. Entries of an MT942,
 * a report of the day, come again in the MT940 and are skipped. Names and addresses are dropped as far as the dialect
 * tells them from the rest.
 */
export const adapter: SettlementAdapter = { name: "mt940", provider: "bank", accepts, read };

function accepts(head: string): boolean {
  return /^:20:.*\r?\n(?:.*\r?\n)??:25P?:.*\r?\n(?:.*\r?\n){0,2}?:(?:28C?|60[FM]):/m.test(head);
}

async function* read(file: AsyncIterable<Buffer>): AsyncGenerator<readonly Reading[]> {
  let message: Mt940Message | undefined;
  for await (const fields of fieldsOf(file, (tag) => /^6[245]/.test(tag))) {
    const readings: Reading[] = [];
    for (const field of fields) {
      if (field.tag === "20") {
        readings.push(...(message?.end() ?? []));
        message = new Mt940Message(field);
      } else if (message) {
        readings.push(...message.take(field));
      } else {
        throw new AppError("FILE_REJECTED", `line ${field.line}: the field :${field.tag}: stands before any :20:`);
      }
    }
    if (readings.length > 0) yield readings;
  }
  if (!message) throw new AppError("FILE_REJECTED", "the file has no message in it; fetch it again");
  const rest = message.end();
  if (rest.length > 0) yield rest;
}
