import { appendAudit } from "../../shared/audit.ts";
import type { Transaction } from "../../shared/database/scope.ts";
import { grantOf, MEMBER, type MembershipRow } from "../../shared/identity/grants.ts";
import type { RequestContext } from "../../shared/subgraph/request-context.ts";
import { type AccountRefusal, lockAccounts, refusal } from "../change-account.ts";
import { groupOf } from "../user-groups.ts";
import { readInvitationToken } from "./invitation-token.ts";
import type { InvitationAccepted } from "./invitation-type.ts";
import { gives } from "./invite.ts";

type Row = {
  readonly merchantId: string;
  readonly email: string;
  readonly role: string;
  readonly ownGroupId: string | null;
  readonly locations: readonly string[] | null;
  readonly hash: string;
  readonly invitedBy: string;
  readonly acceptedBy: string | null;
  readonly isOpen: boolean;
};

/**
 * Makes whoever holds the token a user, where their verified address is the one that was invited. The invitation is good
 * once, and while whoever sent it may still give what it gives.
 */
export function acceptInvitation(context: RequestContext, text: string): Promise<InvitationAccepted | AccountRefusal> {
  const { userId, email } = context.identity;
  return context.run(async (transaction) => {
    const token = readInvitationToken(text);
    const found = token && (await findInvitation(transaction, token.id));
    if (!token || !found || !token.fits(found.hash)) return refusal("INVITATION_NOT_GOOD");
    const { merchantId } = found;
    return asGuest(transaction, { merchantId, userId }, async () => {
      await lockAccounts(transaction, merchantId);
      const [row] = await transaction.query<Row>(INVITATION, [token.id]);
      const refused = row ? await judge(transaction, row, { userId, email }) : "INVITATION_NOT_GOOD";
      const act = { merchantId, actorId: userId, action: "invitation.accept", objectId: token.id };
      if (!row || refused) {
        const detail = { refusal: refused };
        await appendAudit(transaction, { ...act, outcome: "DENIED", detail });
        return refusal(refused || "INVITATION_NOT_GOOD");
      }
      const groupId = row.ownGroupId ?? row.role;
      const answer: InvitationAccepted = { __typename: "InvitationAccepted", merchantId, groupId };
      if (row.acceptedBy === userId) return answer;
      await transaction.query(JOIN, [merchantId, userId, row.role, row.ownGroupId, row.locations]);
      await transaction.query(ACCEPT, [merchantId, token.id, userId]);
      const after = { groupId, locations: row.locations, invitedBy: row.invitedBy };
      await appendAudit(transaction, { ...act, outcome: "DONE", detail: { before: null, after } });
      return answer;
    });
  });
}

type Guest = { readonly userId: string; readonly email?: string | undefined };
type Refused = "EMAIL_NOT_VERIFIED" | "INVITATION_NOT_GOOD" | "MEMBER_ALREADY" | undefined;

async function judge(transaction: Transaction, row: Row, { userId, email }: Guest): Promise<Refused> {
  if (email === undefined) return "EMAIL_NOT_VERIFIED";
  if (row.email !== email) return "INVITATION_NOT_GOOD";
  if (row.acceptedBy === userId) return undefined;
  const group = await groupOf(transaction, row.merchantId, row.ownGroupId ?? row.role);
  const [sender] = await transaction.query<MembershipRow>(MEMBER, [row.merchantId, row.invitedBy]);
  const own = sender && grantOf(sender);
  const isBacked =
    own && own.locations === null && own.permissions.has("accounts:manage") && group && gives(own, group);
  if (!row.isOpen || !isBacked) return "INVITATION_NOT_GOOD";
  // Who is kept out must not come in again by another door.
  const [member] = await transaction.query(ANY_MEMBER, [row.merchantId, userId]);
  return member ? "MEMBER_ALREADY" : undefined;
}

/** By the id in the token alone: the scope shows this one row, and no merchant. */
async function findInvitation(transaction: Transaction, id: string): Promise<Row | undefined> {
  const [before] = await transaction.query<Scoped>(SCOPE);
  await transaction.query(ENTER, ["-", `invitation:${id}`, ""]);
  const [row] = await transaction.query<Row>(INVITATION, [id]);
  await transaction.query(ENTER, [before?.merchants, before?.user, before?.limits]);
  return row;
}

/** In the scope of the one merchant that the token is of, and for its guest. */
async function asGuest<T>(
  transaction: Transaction,
  { merchantId, userId }: { readonly merchantId: string; readonly userId: string },
  work: () => Promise<T>,
): Promise<T> {
  const [before] = await transaction.query<Scoped>(SCOPE);
  await transaction.query(ENTER, [merchantId, userId, ""]);
  const result = await work();
  await transaction.query(ENTER, [before?.merchants, before?.user, before?.limits]);
  return result;
}

type Scoped = Readonly<Record<"merchants" | "user" | "limits", string>>;

const SCOPE = `
  select current_setting('app.merchants') as merchants, current_setting('app.user') as user,
    coalesce(current_setting('app.limits', true), '') as limits`;
const ENTER =
  "select set_config('app.merchants', $1, true), set_config('app.user', $2, true), set_config('app.limits', $3, true)";

const INVITATION = `
  select merchant_id as "merchantId", email, role, group_id as "ownGroupId", locations, token_hash as hash,
    invited_by as "invitedBy", accepted_by as "acceptedBy",
    accepted_at is null and revoked_at is null and expires_at > clock_timestamp() as "isOpen"
  from accounts.invitation where id = $1`;

const ANY_MEMBER = "select from accounts.membership where merchant_id = $1 and user_id = $2";

const JOIN = `
  insert into accounts.membership (merchant_id, user_id, role, group_id, locations) values ($1, $2, $3, $4, $5)`;

const ACCEPT = `
  update accounts.invitation set accepted_at = clock_timestamp(), accepted_by = $3, version = version + 1
  where merchant_id = $1 and id = $2`;
