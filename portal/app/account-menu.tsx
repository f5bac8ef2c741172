import { Button } from "../design/button.tsx";
import { SelectField } from "../design/field.tsx";
import { ICONS } from "../design/icon.tsx";
import { Popover } from "../design/popover.tsx";
import { chooseTheme, THEMES, useTheme } from "../design/theme.ts";
import { useViewer } from "../graph/viewer.tsx";
import { useSpeech, useStrings } from "../language/language.tsx";
import { isLanguage, LANGUAGE_NAMES, LANGUAGES } from "../language/languages.ts";
import { useSettings } from "../session/settings-context.ts";
import { signOut } from "../session/sign-out.ts";
import { shellStrings } from "./shell-strings.ts";

export function AccountMenu({ onHelp }: { readonly onHelp: () => void }) {
  const { signIn, graphiql } = useSettings();
  const t = useStrings(shellStrings);
  const { name, roles } = useViewer();
  const { language, speak } = useSpeech();
  const theme = useTheme();
  return (
    <Popover
      label={<span className="account__name">{name}</span>}
      icon={ICONS.person}
      name={`${t.account}: ${name}`}
      look="quiet"
    >
      {(close) => (
        <div className="account">
          <p>
            <strong>{name}</strong>
            <br />
            <span className="soft">{roles.map((role) => t.roles[role]).join(", ")}</span>
          </p>
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
          <SelectField
            label={t.theme}
            value={theme}
            onChange={({ target: { value } }) => chooseTheme(THEMES.find((each) => each === value) ?? "system")}
          >
            {THEMES.map((each) => (
              <option key={each} value={each}>
                {t.themes[each]}
              </option>
            ))}
          </SelectField>
          <div className="account__acts">
            <Button
              look="quiet"
              icon={ICONS.keyboard}
              onClick={() => {
                close();
                onHelp();
              }}
            >
              {t.shortcuts}
            </Button>
            {graphiql && (
              <a className="button button--quiet" href="/graphiql">
                {t.explorer}
              </a>
            )}
            <Button look="quiet" icon={ICONS.out} onClick={() => signOut(signIn)}>
              {t.signOut}
            </Button>
          </div>
        </div>
      )}
    </Popover>
  );
}
