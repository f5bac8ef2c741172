import { personText } from "../../shared/subgraph/person-text.ts";
import type { RequestContext } from "../../shared/subgraph/request-context.ts";
import { addComment, change, decideAbout, mayDecide } from "./decide-discrepancy.ts";
import type { DecideResolutionInput } from "./discrepancy-inputs.ts";
import type { NothingProposed, ReasonRequired, SecondPersonRequired } from "./refusals.ts";

type Refusal = SecondPersonRequired | NothingProposed | ReasonRequired;

/**
 * Agrees to a resolution that gives money away, or refuses it, as another person than who proposed it. What they say is a
 * comment, so that both persons stand beside the discrepancy.
 */
export function decideResolution(
  context: RequestContext,
  decision: "confirm" | "reject",
  input: DecideResolutionInput,
) {
  mayDecide(context, decision, input);
  const reason = personText("reason", input.reason);
  return decideAbout<Refusal>(context, decision, input, { reason }, async (transaction, found) => {
    const about = [found.merchantId, found.id];
    const actorId = context.identity.userId;
    const [proposal] = await transaction.query<{ resolved_by: string; resolution: string }>(PROPOSAL, about);
    if (!proposal) return NOTHING_PROPOSED;
    if (proposal.resolved_by === actorId) return SECOND_PERSON_REQUIRED;
    if (decision === "reject" && reason === null) return REASON_REQUIRED;
    const said = `${decision === "confirm" ? "agreed" : "refused"}: ${proposal.resolution}`;
    await addComment(transaction, found, actorId, reason === null ? said : `${said}; ${reason}`);
    return change(transaction, decision === "confirm" ? CONFIRM : REJECT, about);
  });
}

const NOTHING_PROPOSED: NothingProposed = {
  __typename: "NothingProposed",
  message: "No resolution waits for a second person: propose one with `resolveDiscrepancy`.",
};

const SECOND_PERSON_REQUIRED: SecondPersonRequired = {
  __typename: "SecondPersonRequired",
  message: "You proposed this resolution yourself: another person has to decide about it.",
};

const REASON_REQUIRED: ReasonRequired = {
  __typename: "ReasonRequired",
  message: "Rejecting a proposed resolution needs a `reason`.",
};

const PROPOSAL = `
  select resolved_by, resolution from reconciliation.discrepancy
  where merchant_id = $1 and id = $2 and state <> 'RESOLVED' and resolved_by is not null`;

const CONFIRM = `
  update reconciliation.discrepancy
  set state = 'RESOLVED', resolved_at = clock_timestamp(), snoozed_until = null, version = version + 1
  where merchant_id = $1 and id = $2`;

const REJECT = `
  update reconciliation.discrepancy
  set resolution = null, resolved_by = null, resolution_reason = null, version = version + 1
  where merchant_id = $1 and id = $2`;
