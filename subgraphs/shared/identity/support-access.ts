import type { DataSource } from "typeorm";
import { appendAudit } from "../audit.ts";
import { maskCards } from "../card-detector.ts";
import { inScope, type Transaction } from "../database/scope.ts";
import { AppError } from "../errors.ts";
import { randomId } from "../ids.ts";

/** Leave for one of the platform's people to look at a merchant's books. */
export type SupportAccess = {
  readonly merchantId: string;
  /** The subject of the person's access token. */
  readonly userId: string;
  /** Why, for the merchant to read. */
  readonly reason: string;
  /** From now on; at most `MOST_HOURS`. */
  readonly hours: number;
};

export const MOST_HOURS = 8;
const LONGEST_REASON = 500;

/**
 * Lets the person see what a viewer sees, and change nothing, until the hours are over: `readGrants` looks at the clock,
 * so that no job has to run for it to end. @throws AppError INVALID_INPUT
 */
export async function grantSupportAccess(
  transaction: Transaction,
  { merchantId, userId, reason, hours }: SupportAccess,
  actorId: string,
): Promise<{ readonly id: string; readonly until: Date }> {
  const why = maskCards(reason.trim()).text;
  if (why === "" || why.length > LONGEST_REASON) {
    throw new AppError(
      "INVALID_INPUT",
      `The reason must have 1 to ${LONGEST_REASON} characters: the merchant reads it.`,
    );
  }
  if (!(hours > 0 && hours <= MOST_HOURS)) {
    throw new AppError("INVALID_INPUT", `The hours must be above 0 and at most ${MOST_HOURS}, and ${hours} is not.`);
  }
  const id = randomId("sup");
  const [row] = await transaction.query<{ until: Date }>(GRANT, [merchantId, id, userId, why, actorId, hours]);
  if (!row) throw new Error("the database did not tell when the access ends");
  const detail = { userId, reason: why, until: row.until.toISOString() };
  const audited = { merchantId, actorId, action: "support-access.grant", objectId: id, outcome: "DONE" } as const;
  await appendAudit(transaction, { ...audited, detail });
  return { id, until: row.until };
}

/** Ends what a person has at the merchant before its time. Returns how many there were. */
export async function endSupportAccess(
  transaction: Transaction,
  { merchantId, userId }: Pick<SupportAccess, "merchantId" | "userId">,
  actorId: string,
): Promise<number> {
  const ended = await transaction.query<{ id: string }>(END, [merchantId, userId]);
  for (const { id } of ended) await tellEnd(transaction, { merchantId, id, userId, actorId });
  return ended.length;
}

/** Puts into the audit what has ended by itself. Nothing waits for this: it ended when its time was over. */
export async function tellLapsedAccess(database: DataSource): Promise<void> {
  const lapsed = await inScope(database, { merchants: [], user: CLOCK }, ({ query }) =>
    query<{ merchant_id: string; id: string; user_id: string }>(LAPSED),
  );
  for (const { merchant_id: merchantId, id, user_id: userId } of lapsed) {
    await inScope(database, { merchants: [merchantId], user: CLOCK }, async (transaction) => {
      if ((await transaction.change(TOLD, [merchantId, id])) === 0) return;
      await tellEnd(transaction, { merchantId, id, userId, actorId: CLOCK });
    });
  }
}

async function tellEnd(
  transaction: Transaction,
  { merchantId, id, userId, actorId }: Readonly<Record<"merchantId" | "id" | "userId" | "actorId", string>>,
): Promise<void> {
  const audited = { merchantId, actorId, action: "support-access.end", objectId: id, outcome: "DONE" } as const;
  await appendAudit(transaction, { ...audited, detail: { userId } });
}

/** Who acts when a time has come. */
const CLOCK = "system:clock";

const GRANT = `
  insert into accounts.support_access (merchant_id, id, user_id, reason, granted_by, granted_at, until)
  select $1, $2, $3, $4, $5, now, now + $6::double precision * interval '1 hour'
  from (select clock_timestamp()::timestamptz(3) as now) clock
  returning until`;

const END = `
  update accounts.support_access set ended_at = clock_timestamp()
  where merchant_id = $1 and user_id = $2 and ended_at is null and until > clock_timestamp()
  returning id`;

const LAPSED = `
  select merchant_id, id, user_id from accounts.support_access
  where ended_at is null and until <= clock_timestamp() order by merchant_id, id limit 100`;

const TOLD = `
  update accounts.support_access set ended_at = until where merchant_id = $1 and id = $2 and ended_at is null`;
