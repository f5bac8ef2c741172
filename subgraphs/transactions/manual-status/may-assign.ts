import type { BaseDecision } from "../../shared/status.ts";
import { isAssignable } from "../../shared/status-transitions.ts";
import type { BaseStatus, SettlementState, TransactionStatus } from "../../shared/vocabulary.ts";

/** What of a transaction decides whether a person may assign it a status. */
export type Standing = {
  readonly base_status: BaseStatus;
  readonly status: TransactionStatus;
  readonly status_rule: number;
  readonly certainty: BaseDecision["certainty"];
  readonly settlement_state: SettlementState;
};

const ASSIGNABLE = ["SUCCESS", "FAILED"] as const satisfies readonly TransactionStatus[];
export type AssignableStatus = (typeof ASSIGNABLE)[number];

/** The statuses that would be taken from someone with these rights. */
export function assignableTo(standing: Standing, isAdministrator: boolean): readonly AssignableStatus[] {
  return ASSIGNABLE.filter((to) => refusalOf(standing, to, isAdministrator) === null);
}

/**
 * Why a person may not assign this status, as a sentence; null where they may. A correction of what a person said is an
 * administrator's, and only while no settlement has spoken.
 */
export function refusalOf(standing: Standing, to: TransactionStatus, isAdministrator: boolean): string | null {
  const { status, certainty, status_rule: rule } = standing;
  if (to !== "SUCCESS" && to !== "FAILED") {
    return `Nobody assigns ${to}: a person says SUCCESS or FAILED, all else comes from the provider or from money that went back.`;
  }
  if (rule in DECIDED) return DECIDED[rule as keyof typeof DECIDED];
  if (rule === BY_A_PERSON) {
    if (status === to) return `It is ${to} by a person's assignment already.`;
    if (status !== "SUCCESS" && status !== "FAILED") return MONEY_WENT_BACK;
    if (standing.settlement_state !== "UNSETTLED") return SETTLED;
    if (!isAdministrator) return ONLY_AN_ADMINISTRATOR;
  }
  const base = { ...UNTOLD, status: standing.base_status, rule: rule as BaseDecision["rule"], certainty };
  return isAssignable(base, to) ? null : UNDECIDED;
}

const BY_A_PERSON = 5;

const DECIDED = {
  1: "It was cancelled, which is final: a settlement line for it opens a discrepancy, which can be resolved.",
  2: "The acquirer refused it, which is final: a settlement line for it opens a discrepancy, which can be resolved.",
  3: "A settlement line was claimed for it, and the money decides: take the match apart if the line is another's.",
  4: "The provider's definitive answer decided it: only what nobody is certain of is open to a person.",
} as const;

const UNDECIDED =
  "Nothing has decided it yet, and the provider may still answer: it opens to a person if that answer is unclear.";
const MONEY_WENT_BACK =
  "Money of it went back to the shopper, so it was paid: correct the refund or chargeback instead.";
const SETTLED = "A settlement has spoken for it since a person did: the money decides.";
const ONLY_AN_ADMINISTRATOR =
  "A person has assigned its status already: only an administrator may correct that, while it is not settled.";

/** What a decision has besides, and no permission turns on. */
const UNTOLD = { decidedBy: null, losers: [], origin: "AUTOMATIC" } as const;
