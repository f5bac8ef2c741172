import fc from "fast-check";
import { expect } from "vitest";
import { inScope } from "../../../subgraphs/shared/database/scope.ts";
import type { Ledger, Shop } from "../../support/ledger.ts";
import { type AdyenLine, adyenReport, terminalJournal } from "../../support/settlement-files.ts";
import type { Purchase, Return, ReturnKind, Seen, ShopModel, Told } from "./shop-model.ts";

export type Real = { readonly ledger: Ledger; readonly shop: Shop };
type Command = fc.AsyncCommand<ShopModel, Real>;

/** Does `act` to both, then holds what is seen of the one against the other. */
function command(name: string, act: (model: ShopModel, real: Real) => Promise<void>, can = (_: ShopModel) => true) {
  return {
    check: (model: Readonly<ShopModel>) => can(model as ShopModel),
    async run(model: ShopModel, real: Real) {
      await act(model, real);
      expect(byAmount(await seenBy(real))).toEqual(byAmount(model.seen()));
    },
    toString: () => name,
  } satisfies Command & { toString(): string };
}

const ANY = fc.nat({ max: 1_000 });
const hasSome = (model: ShopModel) => model.purchases.length > 0;
const picked = <T>(from: readonly T[], number: number): T => from[number % from.length]!;

/** A purchase that was never refused may lack the provider's reference: what was refused is never cleared. */
const TOLD_BY: Readonly<Record<Purchase["namedBy"], readonly Told[]>> = {
  PSP: ["processing", "success", "failed", "refused", "cancelled", "manual_intervention"],
  ARN: ["processing", "success", "failed", "manual_intervention"],
};

const report = fc
  .record({ namedBy: fc.constantFrom("PSP" as const, "ARN" as const), known: fc.boolean(), which: ANY, status: ANY })
  .map(({ namedBy, known, which, status }) =>
    command(`report(${namedBy}, ${known ? which : "new"}, ${status})`, async (model, { shop }) => {
      const purchase = known && hasSome(model) ? picked(model.purchases, which) : model.buy(namedBy);
      const told = picked(TOLD_BY[purchase.namedBy], status);
      await feed(model, shop, journal(shop, [[purchase, told]]));
      model.tell(purchase, told);
    }),
  );

const settle = fc
  .record({ namedBy: fc.constantFrom("PSP" as const, "ARN" as const), strangers: fc.nat({ max: 2 }) })
  .map(({ namedBy, strangers }) =>
    command(`settle(${strangers} unreported)`, async (model, { shop }) => {
      const due = model.purchases.filter(({ line }) => line === "NONE").slice(0, 3);
      for (let made = 0; made < strangers; made++) due.push(model.buy(namedBy));
      if (due.length === 0) return;
      await feedBatch(model, shop, due.map(saleLine));
      for (const purchase of due) purchase.line = "WAITING";
    }),
  );

const giveBack = fc.record({ which: ANY, share: fc.integer({ min: 1, max: 100 }) }).map(({ which, share }) =>
  command(
    `refund(${which}, ${share} %)`,
    async (model, { shop }) => {
      const purchase = picked(model.purchases, which);
      const refunded = purchase.returns.reduce((sum, { kind, amount }) => sum + (kind === "REFUND" ? amount : 0), 0);
      const amount = Math.floor(((purchase.amount - refunded) * share) / 100);
      if (amount > 0) await returned(model, shop, purchase, "REFUND", amount);
    },
    hasSome,
  ),
);

const dispute = ANY.map((which) =>
  command(
    `dispute(${which})`,
    async (model, { shop }) => {
      const purchase = picked(model.purchases, which);
      const disputes = purchase.returns.filter(({ kind }) => kind !== "REFUND").length;
      // Charged back, given back, charged back a second time.
      await returned(model, shop, purchase, disputes % 2 === 0 ? "CHARGEBACK" : "CHARGEBACK_REVERSAL", purchase.amount);
    },
    hasSome,
  ),
);

const reconcile = fc.constant(
  command("reconcile", async (model, { ledger, shop }) => {
    // Each file that came has ordered a run; one of them sees what all came for.
    const waiting = await ledger.rows(ONE_RUN, [shop.id]);
    if (waiting.length === 0) for (const statement of ORDER_RUN) await ledger.rows(statement, [shop.id]);
    await shop.reconcile();
    model.reconcile();
  }),
);

const ONE_RUN = `
  with waiting as (
    select id, row_number() over (order by requested_at desc, id) as place from reconciliation.run
    where merchant_id = $1 and status = 'QUEUED'
  )
  update reconciliation.run r
  set status = case when w.place = 1 then 'QUEUED' else 'FAILED' end,
    problem = case when w.place > 1 then 'a later run does its work' end
  from waiting w where r.merchant_id = $1 and r.id = w.id
  returning r.id`;

const ORDER_RUN = [
  `insert into reconciliation.run (merchant_id, id, idempotency_key, mode, trigger, requested_by)
   select $1, 'run_' || count(*), 'run_' || count(*), 'COMMIT', 'USER', 'user:test' from reconciliation.run`,
  `insert into delivery.outbox (merchant_id, id, kind, subject_id)
   select merchant_id, 'out_' || id, 'RECONCILE', id from reconciliation.run
   where merchant_id = $1 and status = 'QUEUED' and trigger = 'USER'`,
];

const again = ANY.map((which) =>
  command(
    `feed again(${which})`,
    async (model, { shop }) => {
      const { content, rewritten } = picked(model.files, which);
      const counts = await shop.factCounts();
      await shop.feed(content);
      if (rewritten) expect((await shop.feed(rewritten)).record).toMatchObject({ rows_accepted: 0 });
      expect(await shop.factCounts()).toEqual(counts);
    },
    ({ files }) => files.length > 0,
  ),
);

const cut = ANY.map((at) =>
  command(`feed cut(${at})`, async (_, { shop }) => {
    const whole = adyenReport(shop.adyen, [{ psp: "NEVER", gross: 500 + at }], { batch: `${9_000 + at}` });
    const counts = await shop.factCounts();
    const { record } = await shop.feed(whole.slice(0, whole.length - 2 - (at % 100)));
    expect(record).toMatchObject({ status: "REJECTED", problem: expect.any(String) });
    expect(await shop.factCounts()).toEqual(counts);
  }),
);

const badRow = fc.constant(
  command("feed a journal with a bad row", async (model, { shop }) => {
    const [good, bad] = [model.buy("PSP"), model.buy("PSP")];
    const whole = journal(shop, [
      [good, "processing"],
      [bad, "processing"],
    ]);
    const lines = whole.split("\n");
    lines[2] = lines[2]!.replace(/"amount":"[^"]*"/, '"amount":"ten euros"');
    const totals = lines[3]!.replace(/"amountMinor":"\d+"/, `"amountMinor":"${good.amount}"`);
    lines[3] = totals;
    const { record } = await shop.feed(lines.join("\n"));
    expect(record).toMatchObject({ status: "PARTIALLY_APPLIED", rows_accepted: 1, rows_quarantined: 1 });
    model.tell(good, "processing");
  }),
);

const lookFromOutside = fc.constant(
  command("look as another merchant", async (_, { ledger, shop }) => {
    const scope = { merchants: ["mer_other"], user: "user:other" };
    const rows = await inScope(ledger.services.database, scope, (transaction) =>
      transaction.query("select from transactions.transaction where merchant_id = $1", [shop.id]),
    );
    expect(rows).toEqual([]);
  }),
);

export const COMMANDS = [
  // What happens often stands here often.
  report,
  report,
  report,
  settle,
  settle,
  giveBack,
  dispute,
  reconcile,
  reconcile,
  reconcile,
  again,
  cut,
  badRow,
  lookFromOutside,
] as fc.Arbitrary<Command>[];

async function feed(model: ShopModel, shop: Shop, content: string, rewritten?: string): Promise<void> {
  const { record } = await shop.feed(content);
  expect(record).toMatchObject({ status: "APPLIED" });
  model.files.push({ content, ...(rewritten !== undefined && { rewritten }) });
}

async function feedBatch(model: ShopModel, shop: Shop, lines: readonly AdyenLine[]): Promise<void> {
  const batch = `${++model.batches}`;
  const content = adyenReport(shop.adyen, lines, { batch });
  await feed(model, shop, content, adyenReport(shop.adyen, lines, { batch, lineEnd: "\r\n" }));
}

const ADYEN_TYPES: Readonly<Record<ReturnKind, string>> = {
  REFUND: "Refunded",
  CHARGEBACK: "Chargeback",
  CHARGEBACK_REVERSAL: "ChargebackReversed",
};

async function returned(model: ShopModel, shop: Shop, purchase: Purchase, kind: ReturnKind, amount: number) {
  const number = purchase.returns.length + 1;
  const gross = kind === "CHARGEBACK_REVERSAL" ? amount : -amount;
  const modification = `R${purchase.number}-${number}`;
  await feedBatch(model, shop, [{ type: ADYEN_TYPES[kind], psp: pspOf(purchase), modification, gross }]);
  purchase.returns.push({ kind, amount, line: "WAITING" } satisfies Return);
}

const pspOf = ({ number }: Purchase) => `PSP${number}`;

/** 23 digits, the last of which checks the others. */
function arnOf({ number }: Purchase): string {
  const digits = `7450000630600${`${number}`.padStart(9, "0")}`;
  let sum = 0;
  for (const [index, digit] of [...digits].reverse().entries()) {
    const value = Number(digit) * (index % 2 === 0 ? 2 : 1);
    sum += value > 9 ? value - 9 : value;
  }
  return `${digits}${(10 - (sum % 10)) % 10}`;
}

function saleLine(purchase: Purchase): AdyenLine {
  return { psp: pspOf(purchase), gross: purchase.amount, fee: purchase.fee, arn: arnOf(purchase) };
}

function journal(shop: Shop, told: readonly (readonly [Purchase, Told])[]): string {
  return terminalJournal(
    shop.terminal,
    told.map(([purchase, status]) => ({
      account: shop.adyen,
      amount: purchase.amount,
      status,
      stan: `${purchase.number}`,
      arn: arnOf(purchase),
      ...(purchase.namedBy === "PSP" && { pspReference: pspOf(purchase) }),
    })),
  );
}

async function seenBy({ ledger, shop }: Real): Promise<Seen[]> {
  return ledger.rows<Seen>(
    `select type, amount_minor as amount, status, captured_minor as captured, refunded_minor as refunded,
       charged_back_minor as "chargedBack", settled_fee_minor as fee, settled_net_minor as net
     from transactions.transaction where merchant_id = $1 and superseded_by is null`,
    [shop.id],
  );
}

const byAmount = (rows: readonly Seen[]) => rows.map((row) => JSON.stringify(row, Object.keys(row).sort())).sort();
