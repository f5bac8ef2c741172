import { useState } from "react";
import { SecretDialog } from "../../accounts/secret-dialog.tsx";
import { useChange } from "../../accounts/use-change.ts";
import { Badge, type Tone } from "../../design/badge.tsx";
import { Button } from "../../design/button.tsx";
import { tell } from "../../design/toast.tsx";
import { ResendInvitationDocument, RevokeInvitationDocument } from "../../generated/pages/users/users.ts";
import { useFormats, useStrings } from "../../language/language.tsx";
import { invitationLink } from "./invitation-link.ts";
import type { Group, Invitation } from "./people.ts";
import { GroupOf, LocationsOf } from "./person-words.tsx";
import { usersStrings } from "./users-strings.ts";

const TONES: Readonly<Record<Invitation["state"], Tone>> = {
  OPEN: "info",
  ACCEPTED: "good",
  EXPIRED: "warn",
  REVOKED: "plain",
};

type InvitationsProps = {
  readonly merchantId: string;
  readonly invitations: readonly Invitation[];
  readonly groups: readonly Group[];
  readonly onChanged: () => void;
};

/** Who was invited, and what came of it. */
export function Invitations({ merchantId, invitations, groups, onChanged }: InvitationsProps) {
  const t = useStrings(usersStrings);
  const { moment } = useFormats();
  const [shown, setShown] = useState<{ readonly email: string; readonly token: string }>();
  const resending = useChange(ResendInvitationDocument);
  const revoking = useChange(RevokeInvitationDocument);
  if (invitations.length === 0) return null;
  const resend = async ({ id, email }: Invitation) => {
    const { problem, done } = await resending.send({ merchantId, invitationId: id });
    if (problem !== undefined) return tell(problem, { isBad: true });
    if (done.token !== null) setShown({ email, token: done.token });
    onChanged();
  };
  const revoke = async ({ id }: Invitation) => {
    const { problem } = await revoking.send({ merchantId, invitationId: id });
    if (problem !== undefined) return tell(problem, { isBad: true });
    tell(t.takenBack);
    onChanged();
  };
  return (
    <section className="section" aria-label={t.invitations}>
      <h2>{t.invitations}</h2>
      <div className="panel">
        <table className="table records">
          <thead>
            <tr>
              <th scope="col">{t.email}</th>
              <th scope="col">{t.group}</th>
              <th scope="col">{t.locations}</th>
              <th scope="col">{t.state}</th>
              <th scope="col">{t.until}</th>
              <th scope="col">
                <span className="visually-hidden">{t.acts}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {invitations.map((each) => (
              <tr key={each.id}>
                <td className="records__wide">
                  <strong>{each.email}</strong>
                </td>
                <td data-label={t.group}>
                  <GroupOf id={each.groupId} groups={groups} />
                </td>
                <td data-label={t.locations}>
                  <LocationsOf ids={each.locations} />
                </td>
                <td data-label={t.state}>
                  <Badge tone={TONES[each.state]}>{t.invitationStates[each.state]}</Badge>
                </td>
                <td data-label={t.until}>{moment(each.expiresAt)}</td>
                <td className="number records__wide">
                  {(each.state === "OPEN" || each.state === "EXPIRED") && (
                    <span className="users__acts">
                      <Button disabled={resending.fetching} onClick={() => void resend(each)}>
                        {t.sendAgain}
                      </Button>
                      {each.state === "OPEN" && (
                        <Button look="danger" disabled={revoking.fetching} onClick={() => void revoke(each)}>
                          {t.takeBack}
                        </Button>
                      )}
                    </span>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {shown && (
        <SecretDialog
          title={t.invited(shown.email)}
          advice={t.inviteAdvice}
          secret={invitationLink(shown.token)}
          onClose={() => setShown(undefined)}
        />
      )}
    </section>
  );
}
