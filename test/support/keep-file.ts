import { openFileStorage } from "../../subgraphs/shared/file-storage.ts";

/** A process of its own that keeps what it is sent, under limits of its own, and says how that ended. */
const [folder = ""] = process.argv.slice(2);
const outcome = await openFileStorage(folder)
  .put(process.stdin)
  .catch(({ code, message }: { code: string; message: string }) => ({ code, message }));
process.stdout.write(JSON.stringify(outcome, (_, value) => (typeof value === "bigint" ? String(value) : value)));
