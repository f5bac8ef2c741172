import { Badge } from "../../design/badge.tsx";
import { Button } from "../../design/button.tsx";
import { ICONS, Icon } from "../../design/icon.tsx";
import { providerName } from "../../domain/method-name.ts";
import type { MachinesQuery } from "../../generated/pages/users/users.ts";
import { useFormats, useStrings } from "../../language/language.tsx";
import { usersStrings } from "./users-strings.ts";

export type Machine = NonNullable<MachinesQuery["machines"]>["edges"][number]["node"];

type MachineCardProps = {
  readonly machine: Machine;
  readonly isBusy: boolean;
  readonly onRotate: () => void;
  /** Of one key, or without it of the machine with all its keys. */
  readonly onRevoke: (keyId?: string) => void;
};

/** A machine, what it may send, and its keys. */
export function MachineCard({ machine, isBusy, onRotate, onRevoke }: MachineCardProps) {
  const t = useStrings(usersStrings);
  const { day, list, moment } = useFormats();
  const { name, provider, accounts, createdBy, createdAt, revokedAt, keys } = machine;
  return (
    <li className="panel users__machine">
      <header className="bar bar--ends">
        <div>
          <p className="headline">
            <strong>{name}</strong>
            <Badge tone={revokedAt ? "plain" : "good"}>{revokedAt ? t.revokedOn(day(revokedAt)) : t.active}</Badge>
          </p>
          <p className="soft">
            {providerName(provider)} · {accounts ? list(accounts) : t.allAccounts} ·{" "}
            {t.madeBy(createdBy, day(createdAt))}
          </p>
        </div>
        {!revokedAt && (
          <div className="bar">
            <Button icon={ICONS.again} disabled={isBusy} aria-label={t.rotateOf(name)} onClick={onRotate}>
              {t.rotate}
            </Button>
            <Button look="danger" aria-label={t.revokeOf(name)} onClick={() => onRevoke()}>
              {t.revoke}
            </Button>
          </div>
        )}
      </header>
      <ul>
        {(keys ?? []).map(({ id, createdAt: since, expiresAt, lastUsedAt, isGood }) => (
          <li key={id} className="users__key" data-good={isGood}>
            <Icon path={ICONS.key} />
            <code>{id}</code>
            <span className="soft">{t.keyTimes(day(since), day(expiresAt))}</span>
            <span className="soft">{lastUsedAt ? t.lastUsed(moment(lastUsedAt)) : t.neverUsed}</span>
            {isGood ? (
              <Button look="quiet" aria-label={t.takeAwayOf(id)} onClick={() => onRevoke(id)}>
                {t.takeAway}
              </Button>
            ) : (
              <Badge>{t.over}</Badge>
            )}
          </li>
        ))}
      </ul>
    </li>
  );
}
