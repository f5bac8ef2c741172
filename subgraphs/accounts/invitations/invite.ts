import type { Transaction } from "../../shared/database/scope.ts";
import { AppError } from "../../shared/errors.ts";
import type { Grant } from "../../shared/identity/grants.ts";
import { permissionsOf } from "../../shared/identity/permissions.ts";
import { randomId } from "../../shared/ids.ts";
import type { RequestContext } from "../../shared/subgraph/request-context.ts";
import { type Changed, changeAccount, refusal } from "../change-account.ts";
import { roleAndGroup, unknownLocation } from "../memberships.ts";
import type { UserGroup } from "../user-group-type.ts";
import { groupOf } from "../user-groups.ts";
import { withoutCards } from "../without-cards.ts";
import { newInvitationToken } from "./invitation-token.ts";
import type { InvitationChange, InvitationInput, InviteUserInput } from "./invitation-type.ts";

const USUAL_DAYS = 7;
const MOST_DAYS = 30;

/** Whoever invites gives no more than they have, now and when the invitation is accepted. */
export function inviteUser(context: RequestContext, input: InviteUserInput) {
  const { idempotencyKey: key, merchantId, groupId, locations = null, days } = input;
  const asked = { email: masked(input.email), groupId, locations, days };
  const act = { merchantId, action: "invitation.send", objectId: "new", key, told: asked };
  return changeAccount<InvitationChange>(
    context,
    { ...act, input: { ...asked, email: input.email } },
    async (transaction, own) => {
      const email = checkedEmail(input.email);
      const lasting = checkedDays(days ?? USUAL_DAYS);
      const group = await groupOf(transaction, merchantId, groupId);
      if (!group || group.id === "adapter" || (await unknownLocation(transaction, merchantId, locations)))
        return refusal("NOT_FOUND");
      if (!gives(own, group)) return refusal("MORE_THAN_YOURS");
      const [open] = await transaction.query(OPEN, [merchantId, email]);
      if (open) return refusal("INVITED_ALREADY");
      const id = randomId("inv");
      const token = newInvitationToken(id);
      const to = [...roleAndGroup(groupId), locations, token.hash, context.identity.userId, lasting];
      await transaction.query(ADD, [merchantId, id, email, ...to]);
      return changed(id, token.text, null, { ...asked, id });
    },
  );
}

/** Another token, and the whole time again; the token that was sent before is good for nothing any more. */
export function resendInvitation(context: RequestContext, input: InvitationInput) {
  return change(context, input, "invitation.resend", async (transaction, own, { merchantId, id, groupId }) => {
    const group = await groupOf(transaction, merchantId, groupId);
    if (!group) return refusal("NOT_FOUND");
    if (!gives(own, group)) return refusal("MORE_THAN_YOURS");
    const token = newInvitationToken(id);
    await transaction.query(RESEND, [merchantId, id, token.hash, USUAL_DAYS]);
    return changed(id, token.text, { id }, { id, groupId });
  });
}

export function revokeInvitation(context: RequestContext, input: InvitationInput) {
  return change(context, input, "invitation.revoke", async (transaction, _, { merchantId, id }) => {
    await transaction.query(REVOKE, [merchantId, id]);
    return changed(id, null, { id }, { id, isRevoked: true });
  });
}

type Found = { readonly merchantId: string; readonly id: string; readonly groupId: string };
type Work = (transaction: Transaction, own: Grant, found: Found) => Promise<Changed<InvitationChange>>;

function change(context: RequestContext, input: InvitationInput, action: string, work: Work) {
  const { idempotencyKey: key, merchantId, invitationId: id } = input;
  const act = { merchantId, action, objectId: id, key, input: { id } };
  return changeAccount<InvitationChange>(context, act, async (transaction, own): Promise<Changed<InvitationChange>> => {
    const [found] = await transaction.query<{ groupId: string }>(WAITING, [merchantId, id]);
    return found ? work(transaction, own, { merchantId, id, ...found }) : refusal("NOT_FOUND");
  });
}

function changed(id: string, token: string | null, before: object | null, after: object): Changed<InvitationChange> {
  const answer = { __typename: "InvitationChange", invitationId: id, token } as const;
  return { answer, kept: { ...answer, token: null }, before, after };
}

export const gives = ({ permissions }: Pick<Grant, "permissions">, group: UserGroup): boolean =>
  permissionsOf(group).every((permission) => permissions.has(permission));

/** For the audit, which outlives whoever it tells of: `j…@example.com`. */
function masked(email: string): string {
  const [name = "", domain = ""] = email.trim().split("@");
  return `${name.slice(0, 1)}…@${domain.slice(0, 100)}`;
}

function checkedEmail(given: string): string {
  const email = withoutCards("email", given.trim().toLowerCase());
  if (email.length <= 254 && /^[^\s@<>"]+@[^\s@<>"]+\.[^\s@<>".]+$/.test(email)) return email;
  throw new AppError("INVALID_INPUT", "`email` is no address of one person: write it as name@example.com.");
}

function checkedDays(days: number): number {
  if (days >= 1 && days <= MOST_DAYS) return days;
  throw new AppError("INVALID_INPUT", `\`days\` must be 1 to ${MOST_DAYS}, and ${days} is not.`);
}

const OPEN = `
  select from accounts.invitation
  where merchant_id = $1 and email = $2 and accepted_at is null and revoked_at is null`;

const ADD = `
  insert into accounts.invitation (merchant_id, id, email, role, group_id, locations, token_hash, invited_by, expires_at)
  values ($1, $2, $3, $4, $5, $6, $7, $8, clock_timestamp() + $9::integer * interval '1 day')`;

const WAITING = `
  select coalesce(group_id, role) as "groupId" from accounts.invitation
  where merchant_id = $1 and id = $2 and accepted_at is null and revoked_at is null`;

const RESEND = `
  update accounts.invitation set token_hash = $3, version = version + 1,
    expires_at = clock_timestamp() + $4::integer * interval '1 day'
  where merchant_id = $1 and id = $2`;

const REVOKE = `
  update accounts.invitation set revoked_at = clock_timestamp(), version = version + 1
  where merchant_id = $1 and id = $2`;
