import { use, useState } from "react";
import { useClient } from "urql";
import { accountsStrings } from "../../accounts/accounts-strings.ts";
import { navigate } from "../../app/location.ts";
import { text, useSearch } from "../../app/search-params.ts";
import { Button } from "../../design/button.tsx";
import { TextField } from "../../design/field.tsx";
import { ICONS, Icon } from "../../design/icon.tsx";
import { tell } from "../../design/toast.tsx";
import { AcceptInvitationDocument } from "../../generated/pages/invitation/invitation.ts";
import { RefreshViewerContext, useViewer } from "../../graph/viewer.tsx";
import { useStrings } from "../../language/language.tsx";
import { useSettings } from "../../session/settings-context.ts";
import { signOut } from "../../session/sign-out.ts";
import { invitationStrings } from "./invitation-strings.ts";
import { tokenIn } from "./token-in.ts";
import { untilMember } from "./until-member.ts";
import "./invitation.css";

const SEARCH = { token: text };

/** Where somebody who was invited joins. It has a button, because a link that is only looked at must not join anybody. */
export function Content() {
  const t = useStrings(invitationStrings);
  const { name } = useViewer();
  const { signIn } = useSettings();
  const [{ token }] = useSearch(SEARCH);
  const [pasted, setPasted] = useState("");
  const { join, isBusy, problem } = useJoin();
  return (
    <form
      className="invitation panel"
      onSubmit={(event) => {
        event.preventDefault();
        void join(token ?? tokenIn(pasted));
      }}
    >
      <h2>{token === undefined ? t.paste : t.invited}</h2>
      <p>{t.signedInAs(name)}</p>
      {token === undefined && (
        <TextField
          label={t.link}
          hint={t.linkHint}
          required
          autoComplete="off"
          value={pasted}
          onChange={({ target }) => setPasted(target.value)}
        />
      )}
      {problem !== undefined && (
        <p className="notice notice--bad" role="alert">
          <Icon path={ICONS.dispute} />
          {problem}
        </p>
      )}
      <div className="bar">
        <Button look="primary" type="submit" disabled={isBusy}>
          {isBusy ? t.joining : t.join}
        </Button>
        <Button icon={ICONS.out} onClick={() => signOut(signIn)}>
          {t.other}
        </Button>
      </div>
    </form>
  );
}

function useJoin() {
  const t = useStrings(invitationStrings);
  const accounts = useStrings(accountsStrings);
  const client = useClient();
  const refresh = use(RefreshViewerContext);
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
  const join = async (token: string) => {
    setBusy(true);
    setProblem(undefined);
    const { data } = await client.mutation(AcceptInvitationDocument, { input: { token } });
    const outcome = data?.outcome;
    if (outcome?.__typename === "InvitationAccepted") {
      await untilMember(client, outcome.merchantId);
      tell(t.welcome);
      navigate("/", { replace: true });
      refresh();
      return;
    }
    setBusy(false);
    setProblem(outcome ? accounts.refusals[outcome.reason] : accounts.failed);
  };
  return { join, isBusy, problem };
}
