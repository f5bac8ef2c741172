import "../design/tokens.css";
import "../design/controls.css";
import "../design/content.css";
import "../design/fields.css";
import "../design/overlays.css";
import "../design/records.css";
import "../domain/domain.css";
import "./menus.css";
import "./shell.css";
import "./sign-in.css";
import { StrictMode, Suspense } from "react";
import { createRoot } from "react-dom/client";
import { startTheme } from "../design/theme.ts";
import { firstAnswerOf } from "../graph/first-answer.ts";
import { loadTextsAhead, textsLoadedAhead } from "../language/catalogue.ts";
import { LanguageProvider, preferredLanguage } from "../language/language.tsx";
import { CALLBACK_PATH, returnFromIssuer } from "../session/oidc.ts";
import { currentSession, type Session } from "../session/session.ts";
import { fetchSettings, type Settings } from "../session/settings.ts";
import { App } from "./app.tsx";
import { navigate } from "./location.ts";
import { loadPageAhead } from "./pages.ts";
import { shellStrings } from "./shell-strings.ts";

startTheme();
const language = preferredLanguage();
document.documentElement.lang = language;

// One after another they would take several times as long on their way here.
loadTextsAhead(language);
const session = currentSession();
const ready = session ? readyFor(session) : undefined;

/** Whoever waits longer sees that something is on its way. */
const LONGEST_BLANK_MS = 1_000;

const UNREACHABLE: Settings = { signIn: { kind: "unreachable" }, graphiql: false, examples: [] };

const [settings] = await Promise.all([
  fetchSettings().catch(() => UNREACHABLE),
  shellStrings.load(language),
  Promise.race([ready, new Promise((resolve) => setTimeout(resolve, LONGEST_BLANK_MS))]),
]);
const failure = await backFromIssuer(settings);

createRoot(document.getElementById("root") as HTMLElement).render(
  <StrictMode>
    <LanguageProvider>
      <Suspense>
        <App settings={settings} failure={failure} />
      </Suspense>
    </LanguageProvider>
  </StrictMode>,
);

/** Loads and asks at once for what the first page needs, so that it is shown whole, in one step. */
async function readyFor(session: Session): Promise<void> {
  const { viewer } = firstAnswerOf(session);
  await loadPageAhead(window.location.pathname);
  await Promise.allSettled([viewer, textsLoadedAhead()]);
}

/** Where the issuer has sent the browser back: takes its code. @returns why that did not work */
async function backFromIssuer({ signIn }: Settings): Promise<string | undefined> {
  if (window.location.pathname !== CALLBACK_PATH || signIn.kind !== "oidc") return undefined;
  try {
    navigate(await returnFromIssuer(signIn, window.location.search), { replace: true });
    return undefined;
  } catch (error) {
    navigate("/", { replace: true });
    return error instanceof Error ? error.message : String(error);
  }
}
