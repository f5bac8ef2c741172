import type { Reading, SettlementAdapter } from "../../../adapters/adapter.ts";
import { AppError } from "../../shared/errors.ts";

/** More than any provider's file has; a month of a large merchant is a tenth of it. */
const MOST_ROWS = 2_000_000;
/** What a file may say beside its rows, such as its totals and what is new in its format. */
const SPARE_READINGS = 1_000;

/**
 * Reads a file by its adapter. Throws FILE_REJECTED where more comes out of it than a file may hold, or than its bytes
 * could: an adapter that makes rows without reading would go on for ever.
 */
export async function* readBounded(
  adapter: SettlementAdapter,
  file: AsyncIterable<Buffer>,
): AsyncGenerator<readonly Reading[]> {
  let bytes = 0;
  let found = 0;
  const counted = async function* () {
    for await (const chunk of file) {
      bytes += chunk.length;
      yield chunk;
    }
  };
  for await (const readings of adapter.read(counted())) {
    found += readings.length;
    if (found > MOST_ROWS + SPARE_READINGS) {
      throw new AppError("FILE_REJECTED", `the file has more than ${MOST_ROWS} rows; split it and send the parts`);
    }
    if (found > bytes + SPARE_READINGS) {
      throw new AppError(
        "FILE_REJECTED",
        `the adapter ${adapter.name} failed on this file: it makes more rows of it than the file has bytes; report it with the file`,
      );
    }
    yield readings;
  }
}
