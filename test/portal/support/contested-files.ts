import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Site } from "../../support/processes.ts";
import { type AdyenLine, adyenReport, type JournalEntry, terminalJournal } from "../../support/settlement-files.ts";

const CODE = { maskedPan: "541333XXXXXX7788", account: "KorenaarPOS" };

/**
 * What people have to decide about, `sets` times over with amounts of their own: two sales that fit one line equally well,
 * a line that says more than its sale, and a line that is the money of the sale that it names and of another one.
 */
export async function takeInContested(site: Site, sets: number): Promise<void> {
  const sales: JournalEntry[] = [];
  const lines: AdyenLine[] = [];
  for (let set = 0; set < sets; set += 1) {
    const time = (clock: string) => ({ time: `2026-11-16 1${set}:${clock}` });
    const twin = { ...CODE, ...time("59:42"), amount: 4_300 + set, authCode: `TWIN0${set}` };
    sales.push({ ...twin, stan: `${set}00101` }, { ...twin, ...time("59:58"), stan: `${set}00102` });
    lines.push({ psp: `PSPTWIN${set}`, gross: 4_300 + set, authorisation: `TWIN0${set}`, created: time("59:50").time });
    sales.push({ ...CODE, ...time("20:00"), amount: 9_000 + set, pspReference: `PSPMORE${set}`, stan: `${set}00103` });
    lines.push({ psp: `PSPMORE${set}`, gross: 9_100 + set, created: time("20:00").time });
    sales.push({ ...CODE, ...time("30:00"), amount: 1_000, pspReference: `PSPBOTH${set}`, stan: `${set}00104` });
    sales.push({ ...CODE, ...time("31:00"), amount: 1_500 + set, authCode: `OTHER${set}`, stan: `${set}00105` });
    lines.push({ psp: `PSPBOTH${set}`, gross: 2_500 + set, created: time("30:00").time });
  }
  const booked = lines.map((line) => ({ ...line, booked: "2026-11-18 06:00:00" }));
  const folder = join(site.folder, "contested");
  await mkdir(folder);
  await writeFile(join(folder, "journal.ndjson"), terminalJournal("90120001", sales));
  await writeFile(join(folder, "report.csv"), adyenReport("KorenaarPOS", booked, { batch: "201" }));
  for (const file of ["journal.ndjson", "report.csv"]) {
    const { code, stdout, stderr } = await site.run(["ingest", join(folder, file)], { withinMs: 120_000 });
    if (code !== 0) throw new Error(`${file} was not taken in: ${stdout}${stderr}`);
  }
}
