import { appendAudit } from "../../shared/audit.ts";
import { canonicalJson } from "../../shared/canonical-json.ts";
import { PLATFORM, type Transaction } from "../../shared/database/scope.ts";
import { AppError } from "../../shared/errors.ts";
import { hashOfRules, parseRules, type Rules } from "../matching/rules.ts";

/** Who changes whose rules. */
export type Change = { readonly merchantId: string; readonly actorId: string };

/**
 * Adds a version of the merchant's rules, which changes nothing until it is activated, and answers its hash. Rules that
 * are there already, the merchant's own or built in, are found again. Version numbers go on from the built-in ones.
 */
export async function addRuleSet(
  transaction: Transaction,
  { merchantId, actorId }: Change,
  { rules, note }: { readonly rules: Rules; readonly note: string },
): Promise<string> {
  const hash = hashOfRules(rules);
  // Two who add at once take turns, so that versions count up without a gap.
  await transaction.query("select pg_advisory_xact_lock(hashtextextended($1, 4210))", [merchantId]);
  if ((await transaction.query(KNOWN, [merchantId, PLATFORM, hash])).length > 0) return hash;
  await transaction.query(ADD, [merchantId, PLATFORM, hash, canonicalJson(rules), note, actorId]);
  const audited = { merchantId, actorId, action: "rules.add", objectId: hash, outcome: "DONE" } as const;
  await appendAudit(transaction, { ...audited, detail: { note } });
  return hash;
}

/**
 * Puts rules in force from a moment on, now if none is given: runs that begin then go by them. Answers undefined where
 * the merchant has no such rules.
 * @throws AppError INVALID_INPUT for a moment that is past, since what was decided then is not decided anew
 */
export async function activateRuleSet(
  transaction: Transaction,
  { merchantId, actorId }: Change,
  { hash, activeFrom }: { readonly hash: string; readonly activeFrom: Date | null },
): Promise<string | undefined> {
  await transaction.query("select pg_advisory_xact_lock(hashtextextended($1, 4210))", [merchantId]);
  if ((await transaction.query(KNOWN, [merchantId, PLATFORM, hash])).length === 0) return undefined;
  const [clock] = await transaction.query<{ now: Date }>("select clock_timestamp()::timestamptz(3) as now");
  const now = clock?.now ?? new Date();
  if (activeFrom !== null && activeFrom < now) {
    throw new AppError("INVALID_INPUT", `\`activeFrom\` is past: it is ${now.toISOString()} now.`);
  }
  const from = activeFrom ?? now;
  await transaction.query(ACTIVATE, [merchantId, hash, from, actorId]);
  const audited = { merchantId, actorId, action: "rules.activate", objectId: hash, outcome: "DONE" } as const;
  await appendAudit(transaction, { ...audited, detail: { activeFrom: from.toISOString() } });
  return hash;
}

/** @throws AppError INVALID_INPUT for text that is no JSON, or no rules */
export function rulesOfText(text: string): Rules {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (cause) {
    throw new AppError("INVALID_INPUT", "The rules are no JSON: take the `content` of a rule set and change it.", {
      cause,
    });
  }
  return parseRules(content);
}

const KNOWN = "select from reconciliation.rule_set where merchant_id in ($1, $2) and hash = $3";

const ADD = `
  insert into reconciliation.rule_set (merchant_id, version, hash, content, note, added_by)
  select $1, coalesce(max(version), 0) + 1, $3, $4, $5, $6
  from reconciliation.rule_set where merchant_id in ($1, $2)`;

const ACTIVATE = `
  insert into reconciliation.rule_activation (merchant_id, position, hash, active_from, activated_by)
  select $1, coalesce(max(position), 0) + 1, $2, $3, $4
  from reconciliation.rule_activation where merchant_id = $1`;
