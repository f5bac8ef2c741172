import { useState } from "react";
import { Unanswered } from "../../app/unanswered.tsx";
import { Badge } from "../../design/badge.tsx";
import { Button } from "../../design/button.tsx";
import { ICONS } from "../../design/icon.tsx";
import { Spinner } from "../../design/progress.tsx";
import { PeopleDocument } from "../../generated/pages/users/users.ts";
import { useGraph } from "../../graph/use-graph.ts";
import { useViewer } from "../../graph/viewer.tsx";
import { useStrings } from "../../language/language.tsx";
import { Invitations } from "./invitations.tsx";
import { InviteDialog } from "./invite-dialog.tsx";
import { MembershipDialog } from "./membership-dialog.tsx";
import type { Group, Person } from "./people.ts";
import { GroupOf, LocationsOf } from "./person-words.tsx";
import { usersStrings } from "./users-strings.ts";

export function PeopleView({ merchantId }: { readonly merchantId: string }) {
  const t = useStrings(usersStrings);
  const { data, error, fetching, reload } = useGraph(PeopleDocument, { merchantId });
  const [asking, setAsking] = useState<Person | "invite">();
  if (!data?.users) return fetching ? <Spinner label={t.loading} /> : <Unanswered error={error} onAgain={reload} />;
  const people = data.users.edges.map(({ node }) => node);
  const groups = data.userGroups ?? [];
  const done = () => {
    setAsking(undefined);
    reload();
  };
  const close = () => setAsking(undefined);
  return (
    <>
      <div className="bar bar--ends">
        <p className="soft">{t.countPeople(people.length)}</p>
        <Button look="primary" icon={ICONS.plus} onClick={() => setAsking("invite")}>
          {t.invite}
        </Button>
      </div>
      <PeopleTable people={people} groups={groups} onChange={setAsking} />
      <Invitations
        merchantId={merchantId}
        invitations={(data.invitations?.edges ?? []).map(({ node }) => node)}
        groups={groups}
        onChanged={reload}
      />
      {asking === "invite" && (
        <InviteDialog merchantId={merchantId} groups={groups} onClose={close} onInvited={reload} />
      )}
      {asking && asking !== "invite" && (
        <MembershipDialog merchantId={merchantId} person={asking} groups={groups} onClose={close} onDone={done} />
      )}
    </>
  );
}

type PeopleTableProps = {
  readonly people: readonly Person[];
  readonly groups: readonly Group[];
  readonly onChange: (person: Person) => void;
};

function PeopleTable({ people, groups, onChange }: PeopleTableProps) {
  const t = useStrings(usersStrings);
  const { id: me } = useViewer();
  return (
    <div className="panel">
      <table className="table records">
        <thead>
          <tr>
            <th scope="col">{t.user}</th>
            <th scope="col">{t.group}</th>
            <th scope="col">{t.locations}</th>
            <th scope="col">{t.state}</th>
            <th scope="col">
              <span className="visually-hidden">{t.acts}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {people.map((person) => (
            <tr key={person.id}>
              <td className="records__wide">
                <span className="headline">
                  <strong>{person.name ?? person.id}</strong>
                  {person.id === me && <Badge tone="info">{t.you}</Badge>}
                </span>
                {person.name !== null && <div className="soft">{person.id}</div>}
              </td>
              <td data-label={t.group}>
                <GroupOf id={person.groupId} groups={groups} />
              </td>
              <td data-label={t.locations}>
                <LocationsOf ids={person.locations} />
              </td>
              <td data-label={t.state}>
                <Badge tone={person.isDisabled ? "bad" : "good"}>{person.isDisabled ? t.disabled : t.active}</Badge>
              </td>
              <td className="number">
                <Button aria-label={t.changeOf(person.id)} onClick={() => onChange(person)}>
                  {t.change}
                </Button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
