import { addSeconds, clock } from "./calendar.ts";
import { LineFile } from "./line-file.ts";
import { Random } from "./random.ts";
import { ADYEN_HEADER, type AdyenFacts, adyenLine } from "./writers/adyen-settlement-detail.ts";

const ACCOUNT = "KorenaarPOS";
const BATCH = "900";
const FIRST_DAY = "2026-11-02";
const SECONDS_OF_TRADE = 14 * 86_400;

/**
 * Writes one Adyen batch of exactly `rows` rows, the payout among them, that nets to zero: for measuring how fast files
 * are taken in. Every reference and ARN is used once. Throws nothing; the same seed gives the same bytes.
 */
export function writeAdyenVolume(path: string, rows: number, { seed }: { readonly seed: number }): void {
  const random = new Random(seed);
  const file = new LineFile(path);
  file.write(ADYEN_HEADER);
  let netMinor = 0n;
  for (let index = 0; index < rows - 1; index += 1) {
    const facts = saleOf(random, index, rows);
    netMinor += facts.netMinor;
    file.write(adyenLine(facts));
  }
  const paid = clock("2026-11-17", 6 * 3600);
  file.write(
    adyenLine({
      account: ACCOUNT,
      batch: BATCH,
      type: "MerchantPayout",
      created: paid,
      booked: paid,
      modification: `TX9000${BATCH}XT batch ${BATCH}, ${ACCOUNT}`,
      netMinor: -netMinor,
    }),
  );
  file.close();
}

const INSTRUMENTS = [
  ["visa", "visastandarddebit"],
  ["mc", "mcstandarddebit"],
  ["visa", "visastandardcredit"],
  ["maestro", "maestro"],
] as const;

function saleOf(random: Random, index: number, rows: number): AdyenFacts {
  const grossMinor = BigInt(random.int(180, 9_900));
  const fees = { interchange: -(1n + grossMinor / 500n), schemeFee: -1n, markup: -(4n + grossMinor / 1_000n) };
  const [method, variant] = random.pick(INSTRUMENTS);
  const number = String(index).padStart(10, "0");
  return {
    account: ACCOUNT,
    batch: BATCH,
    type: "Settled",
    created: addSeconds(`${FIRST_DAY} 00:00:00`, Math.trunc((index * SECONDS_OF_TRADE) / rows)),
    booked: "2026-11-17 05:30:00",
    psp: `VOLPSP${number}`,
    modification: `VOLCAP${number}`,
    merchantReference: `ORDER-${number}`,
    method,
    variant,
    arn: `7450000632${number}${random.digits(3)}`,
    authCode: random.digits(6),
    grossMinor,
    netMinor: grossMinor + fees.interchange + fees.schemeFee + fees.markup,
    fees,
  };
}
