import { PLATFORM, type Transaction } from "../../shared/database/scope.ts";
import { AppError } from "../../shared/errors.ts";
import { parseRules, type Rules } from "../matching/rules.ts";

/** One version of a merchant's rules, or of those that are built in. */
export type RuleSet = { readonly version: number; readonly hash: string; readonly rules: Rules };

/** The rules that are in force for a merchant now: its own, or the built-in ones while it has activated none. */
export async function activeRuleSet(transaction: Transaction, merchantId: string): Promise<RuleSet> {
  const [row] = await transaction.query<RuleSetRow>(ACTIVE, [merchantId, PLATFORM]);
  if (row) return ruleSetOf(row);
  throw new AppError("NOT_FOUND", "No rule set is active; run `concord migrate`, which seeds the built-in one.");
}

/** The rules of this hash, the merchant's own or built in; undefined if there are none. */
export async function ruleSetByHash(
  transaction: Transaction,
  merchantId: string,
  hash: string,
): Promise<RuleSet | undefined> {
  const [row] = await transaction.query<RuleSetRow>(BY_HASH, [merchantId, PLATFORM, hash]);
  return row && ruleSetOf(row);
}

type RuleSetRow = { readonly version: number; readonly hash: string; readonly content: string };

function ruleSetOf({ version, hash, content }: RuleSetRow): RuleSet {
  return { version, hash, rules: parseRules(JSON.parse(content)) };
}

const ACTIVE = `
  select s.version, s.hash, s.content
  from reconciliation.rule_activation a
  join reconciliation.rule_set s on s.hash = a.hash and s.merchant_id in ($1, $2)
  where a.merchant_id in ($1, $2) and a.active_from <= clock_timestamp()
  order by a.merchant_id = $1 desc, a.active_from desc, a.position desc, s.merchant_id = $1 desc
  limit 1`;

const BY_HASH = `
  select version, hash, content from reconciliation.rule_set
  where merchant_id in ($1, $2) and hash = $3
  order by merchant_id = $1 desc
  limit 1`;
