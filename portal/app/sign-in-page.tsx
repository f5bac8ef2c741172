import { useState } from "react";
import { Button } from "../design/button.tsx";
import { SelectField, TextField } from "../design/field.tsx";
import { useSpeech, useStrings } from "../language/language.tsx";
import { isLanguage, LANGUAGE_NAMES, LANGUAGES } from "../language/languages.ts";
import { signInAsDemo } from "../session/demo-sign-in.ts";
import { leaveForIssuer } from "../session/oidc.ts";
import { useSession } from "../session/session.ts";
import { useSettings } from "../session/settings-context.ts";
import { useLocation } from "./location.ts";
import { shellStrings } from "./shell-strings.ts";

/** The page that a link of an invitation opens. */
const INVITATION_PATH = "/invitation";

export function SignInPage({ failure }: { readonly failure: string | undefined }) {
  const { signIn } = useSettings();
  const t = useStrings(shellStrings);
  const { language, speak } = useSpeech();
  const { ending } = useSession();
  const { path } = useLocation();
  const [problem, setProblem] = useState(failure);
  const attempt = (work: Promise<void>) => void work.catch((error: unknown) => setProblem(reasonOf(error)));
  return (
    <main className="sign-in">
      <div className="sign-in__card panel">
        <img src="/icon.svg" alt="" width="40" height="40" />
        <h1>{t.signInTitle}</h1>
        <p className="soft">{t.signInText}</p>
        {path === INVITATION_PATH && <p className="banner">{t.invitedText}</p>}
        {ending === "expired" && <p className="banner banner--warn">{t.expired}</p>}
        {problem !== undefined && (
          <p className="banner banner--warn" role="alert">
            {t.signInFailed(problem)}
          </p>
        )}
        {signIn.kind === "demo" && (
          <section className="section" aria-label={t.signInAs}>
            <h2>{t.signInAs}</h2>
            <ul className="sign-in__users">
              {signIn.users.filter(isPerson).map(({ id, role }) => (
                <li key={id}>
                  <button type="button" className="sign-in__user" value={id} onClick={() => attempt(signInAsDemo(id))}>
                    <strong>{nameOf(t.roles, role)}</strong>
                    <span className="soft">{nameOf(t.roleTexts, role)}</span>
                  </button>
                </li>
              ))}
            </ul>
            <DemoAddress onSignIn={(email) => attempt(signInAsDemo(email))} />
            <p className="soft">{t.demoText}</p>
          </section>
        )}
        {signIn.kind === "oidc" && (
          <Button look="primary" onClick={() => attempt(leaveForIssuer(signIn))}>
            {t.signIn}
          </Button>
        )}
        {signIn.kind === "unreachable" && <p className="banner banner--warn">{t.issuerUnreachable}</p>}
        {signIn.kind === "none" && <p className="banner banner--warn">{t.noSignIn}</p>}
        <SelectField
          label={t.language}
          value={language}
          onChange={({ target: { value } }) => isLanguage(value) && speak(value)}
        >
          {LANGUAGES.map((each) => (
            <option key={each} value={each}>
              {LANGUAGE_NAMES[each]}
            </option>
          ))}
        </SelectField>
      </div>
    </main>
  );
}

/** In the place of an issuer's page, where somebody who was invited signs in with their address. */
function DemoAddress({ onSignIn }: { readonly onSignIn: (email: string) => void }) {
  const t = useStrings(shellStrings);
  const [email, setEmail] = useState("");
  return (
    <form
      className="sign-in__address"
      onSubmit={(event) => {
        event.preventDefault();
        onSignIn(email);
      }}
    >
      <TextField
        label={t.demoAddress}
        type="email"
        required
        autoComplete="email"
        value={email}
        onChange={({ target }) => setEmail(target.value)}
      />
      <Button type="submit">{t.signIn}</Button>
    </form>
  );
}

/** Machines have no pages. */
function isPerson({ role }: { readonly role: string }): boolean {
  return role !== "adapter";
}

function nameOf(names: Readonly<Record<string, string>>, role: string): string {
  return names[role] ?? role;
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
