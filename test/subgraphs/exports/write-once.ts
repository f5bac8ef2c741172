import { pino } from "pino";
import { openDatabase } from "../../../subgraphs/shared/database/connection.ts";
import { openFileStorage } from "../../../subgraphs/shared/file-storage.ts";
import { runExport } from "../../../subgraphs/transactions/exports/run-export.ts";

/** A process that writes one export and stands still once part of it is on disk, for a test to kill. */
const [url = "", folder = "", merchantId = "", id = ""] = process.argv.slice(2);
const database = await openDatabase({ url }, { role: "worker", maxConnections: 4, onError: () => undefined });
const storage = openFileStorage(folder);
await runExport(
  {
    database,
    storage: {
      ...storage,
      put: (bytes, limit) =>
        storage.put(
          (async function* () {
            let pieces = 0;
            for await (const piece of bytes) {
              yield piece;
              pieces += 1;
              if (pieces === 3) process.stdout.write("halfway\n");
              if (pieces >= 3) await new Promise((resolve) => setTimeout(resolve, 60_000));
            }
          })(),
          limit,
        ),
    },
    log: pino({ level: "silent" }),
    leaseSeconds: 2,
  },
  merchantId,
  id,
);
