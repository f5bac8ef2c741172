import { useState } from "react";
import { accountsStrings } from "../../accounts/accounts-strings.ts";
import { groupName } from "../../accounts/group-name.ts";
import { Unanswered } from "../../app/unanswered.tsx";
import { Badge } from "../../design/badge.tsx";
import { Button } from "../../design/button.tsx";
import { ICONS, Icon } from "../../design/icon.tsx";
import { Spinner } from "../../design/progress.tsx";
import { PeopleDocument } from "../../generated/pages/users/users.ts";
import { useGraph } from "../../graph/use-graph.ts";
import { useStrings } from "../../language/language.tsx";
import { GroupDialog } from "./group-dialog.tsx";
import { ACTIONS, MENUS } from "./menus-and-actions.ts";
import type { Group } from "./people.ts";
import { RemoveGroupDialog } from "./remove-group-dialog.tsx";
import { usersStrings } from "./users-strings.ts";

type Asking = { readonly change: Group } | { readonly remove: Group } | "new";

/** Every group as a row of ticks: which parts of the portal it opens, and what its members may do there. */
export function GroupsView({ merchantId }: { readonly merchantId: string }) {
  const t = useStrings(usersStrings);
  const { data, error, fetching, reload } = useGraph(PeopleDocument, { merchantId });
  const [asking, setAsking] = useState<Asking>();
  if (!data?.userGroups)
    return fetching ? <Spinner label={t.loading} /> : <Unanswered error={error} onAgain={reload} />;
  const members = (data.users?.edges ?? []).map(({ node }) => node.groupId);
  const common = {
    merchantId,
    onClose: () => setAsking(undefined),
    onDone: () => {
      setAsking(undefined);
      reload();
    },
  };
  return (
    <>
      <div className="bar bar--ends">
        <p className="soft">{t.groupsHint}</p>
        <Button look="primary" icon={ICONS.plus} onClick={() => setAsking("new")}>
          {t.newGroup}
        </Button>
      </div>
      <GroupMatrix groups={data.userGroups} members={members} onAsk={setAsking} />
      {asking === "new" && <GroupDialog {...common} group={undefined} />}
      {asking && asking !== "new" && "change" in asking && <GroupDialog {...common} group={asking.change} />}
      {asking && asking !== "new" && "remove" in asking && <RemoveGroupDialog {...common} group={asking.remove} />}
    </>
  );
}

type GroupMatrixProps = {
  readonly groups: readonly Group[];
  /** The group of every user. */
  readonly members: readonly string[];
  readonly onAsk: (asking: Asking) => void;
};

function GroupMatrix({ groups, members, onAsk }: GroupMatrixProps) {
  const t = useStrings(usersStrings);
  const accounts = useStrings(accountsStrings);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: where the matrix is wider than its room, keys scroll it
    <section className="panel users__matrix" tabIndex={0} aria-label={t.groups}>
      <table className="table records">
        <thead>
          <tr>
            <th scope="col">{t.group}</th>
            {MENUS.map((menu) => (
              <th key={menu} scope="col" className="users__upright">
                <span>{accounts.menus[menu]}</span>
              </th>
            ))}
            {ACTIONS.map((action) => (
              <th key={action} scope="col" className="users__upright users__upright--action">
                <span>{accounts.actions[action]}</span>
              </th>
            ))}
            <th scope="col">
              <span className="visually-hidden">{t.acts}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {groups.map((group) => (
            <tr key={group.id}>
              <th scope="row" className="records__wide users__group">
                {groupName(group, accounts.groups)}
                <span className="users__about">
                  {t.countPeople(members.filter((each) => each === group.id).length)}
                  {group.isBuiltIn && <Badge>{t.builtIn}</Badge>}
                </span>
              </th>
              {MENUS.map((menu) => (
                <Tick key={menu} isOn={group.menus.includes(menu)} name={accounts.menus[menu]} />
              ))}
              {ACTIONS.map((action) => (
                <Tick key={action} isOn={group.actions.includes(action)} name={accounts.actions[action]} isAction />
              ))}
              <td className="number records__wide">
                {!group.isBuiltIn && (
                  <span className="users__acts">
                    <Button aria-label={t.changeOf(group.name)} onClick={() => onAsk({ change: group })}>
                      {t.change}
                    </Button>
                    <Button look="danger" aria-label={t.removeOf(group.name)} onClick={() => onAsk({ remove: group })}>
                      {t.remove}
                    </Button>
                  </span>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

type TickProps = { readonly isOn: boolean; readonly name: string; readonly isAction?: boolean };

function Tick({ isOn, name, isAction = false }: TickProps) {
  const t = useStrings(usersStrings);
  return (
    <td className={`users__tick ${isAction ? "users__tick--action" : ""}`} data-on={isOn}>
      {isOn && <Icon path={ICONS.check} />}
      <span className="users__ticked">{name}</span>
      <span className="visually-hidden">{isOn ? t.yes : t.no}</span>
    </td>
  );
}
