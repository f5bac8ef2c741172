import { useEffect, useMemo } from "react";
import { Provider } from "urql";
import { Button } from "../design/button.tsx";
import { EmptyState } from "../design/empty-state.tsx";
import { ICONS } from "../design/icon.tsx";
import { Spinner } from "../design/progress.tsx";
import { firstAnswerOf } from "../graph/first-answer.ts";
import { accessOf, useFollowedViewer } from "../graph/followed-viewer.ts";
import { LiveContext, openLive } from "../graph/live.ts";
import { RefreshViewerContext, ViewerContext } from "../graph/viewer.tsx";
import { useStrings, ZoneProvider } from "../language/language.tsx";
import { endSession, type Session, useSession } from "../session/session.ts";
import type { Settings } from "../session/settings.ts";
import { SettingsContext } from "../session/settings-context.ts";
import { Shell } from "./shell.tsx";
import { shellStrings } from "./shell-strings.ts";
import { SignInPage } from "./sign-in-page.tsx";

type AppProps = { readonly settings: Settings; readonly failure: string | undefined };

export function App({ settings, failure }: AppProps) {
  const { session } = useSession();
  return (
    <SettingsContext value={settings}>
      {session ? <SignedIn key={session.token} session={session} /> : <SignInPage failure={failure} />}
    </SettingsContext>
  );
}

function SignedIn({ session }: { readonly session: Session }) {
  const { client, viewer } = firstAnswerOf(session);
  const live = useMemo(() => openLive(session), [session]);
  useEffect(() => live.close, [live]);
  useEffect(() => {
    const timer = setTimeout(() => endSession("expired"), Math.min(session.expiresAt - Date.now(), LONGEST_TIMER_MS));
    return () => clearTimeout(timer);
  }, [session]);
  return (
    <Provider value={client}>
      <LiveContext value={live}>
        <Known first={viewer} />
      </LiveContext>
    </Provider>
  );
}

const LONGEST_TIMER_MS = 2 ** 31 - 1;

type KnownProps = { readonly first: Parameters<typeof useFollowedViewer>[0] };

/** Waits until the graph has said who this is. */
function Known({ first }: KnownProps) {
  const t = useStrings(shellStrings);
  const { viewer, fetching, reload } = useFollowedViewer(first);
  if (!viewer) {
    if (fetching) return <Spinner label={t.loading} />;
    return (
      <EmptyState icon={ICONS.plug} title={t.unreachable}>
        <p>{t.unreachableAdvice}</p>
        <Button onClick={reload}>{t.again}</Button>
      </EmptyState>
    );
  }
  const zone = viewer.merchants?.find((merchant) => merchant.zone !== null)?.zone ?? "Europe/Brussels";
  return (
    <ViewerContext value={viewer}>
      <RefreshViewerContext value={reload}>
        <ZoneProvider zone={zone}>
          {/* What was seen by other rights than those of now goes, and is asked for anew. */}
          <Shell key={accessOf(viewer)} />
        </ZoneProvider>
      </RefreshViewerContext>
    </ViewerContext>
  );
}
