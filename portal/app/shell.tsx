import { Suspense, use, useEffect, useState } from "react";
import { Button, IconButton } from "../design/button.tsx";
import { Dialog } from "../design/dialog.tsx";
import { EmptyState } from "../design/empty-state.tsx";
import { ICONS } from "../design/icon.tsx";
import { Spinner } from "../design/progress.tsx";
import { chooseTheme } from "../design/theme.ts";
import { Toasts } from "../design/toast.tsx";
import { forgetMissing } from "../graph/missing-parts.ts";
import { useViewer } from "../graph/viewer.tsx";
import { useSpeech, useStrings } from "../language/language.tsx";
import { AccountMenu } from "./account-menu.tsx";
import { ErrorBoundary } from "./error-boundary.tsx";
import { Link } from "./link.tsx";
import { LiveIndicator } from "./live-indicator.tsx";
import { useLocation } from "./location.ts";
import { MissingBanner } from "./missing-banner.tsx";
import { type OpenPage, pagesOf } from "./pages.ts";
import { shellStrings } from "./shell-strings.ts";
import { useShortcuts } from "./shortcuts.tsx";
import { ShortcutsHelp } from "./shortcuts-help.tsx";
import { Menu } from "./sidebar.tsx";

/** What stands around every page: the menu, who is signed in, and what is not answering. */
export function Shell() {
  const t = useStrings(shellStrings);
  const { language } = useSpeech();
  const pages = pagesOf(useViewer());
  const listed = pages.filter(({ isUnlisted }) => isUnlisted !== true);
  const { path } = useLocation();
  const [open, setOpen] = useState<"help" | "menu">();
  const first = listed.find(({ menu }) => menu !== undefined);
  const page = path === "/" ? first : pages.find((each) => each.path === path);
  const title = page?.title[language] ?? (path === "/" ? t.nothingOpen : t.nowhere);
  useEffect(() => {
    document.title = `${title} · Concord`;
  }, [title]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another page has missed nothing yet
  useEffect(forgetMissing, [page?.path]);
  useShortcuts([
    { key: "?", label: t.showShortcuts, run: () => setOpen("help") },
    { key: "t", label: t.switchTheme, run: switchTheme },
  ]);
  const current = page?.path ?? "";
  return (
    <div className="shell">
      <a className="skip" href="#content">
        {t.skip}
      </a>
      <aside className="sidebar">
        <Link href="/" className="brand">
          <img src="/icon.svg" alt="" width="24" height="24" />
          Concord
        </Link>
        <Menu pages={listed} path={current} label={t.menu} className="menu" />
      </aside>
      <header className="top">
        <IconButton className="top__menu" icon={ICONS.menu} label={t.menu} onClick={() => setOpen("menu")} />
        <h1>{title}</h1>
        <LiveIndicator />
        <IconButton className="top__keys" icon={ICONS.keyboard} label={t.shortcuts} onClick={() => setOpen("help")} />
        <AccountMenu onHelp={() => setOpen("help")} />
      </header>
      <main id="content" className="content" tabIndex={-1}>
        <MissingBanner />
        <PageContent page={page} isStart={path === "/"} />
      </main>
      <Menu pages={listed.slice(0, 4)} path={current} label={t.more} className="tabs" />
      {open === "help" && <ShortcutsHelp onClose={() => setOpen(undefined)} />}
      {open === "menu" && (
        <Dialog title="Concord" closing={t.close} onClose={() => setOpen(undefined)}>
          <Menu pages={listed} path={current} label={t.menu} className="menu" onFollow={() => setOpen(undefined)} />
        </Dialog>
      )}
      <Toasts closing={t.close} />
    </div>
  );
}

function PageContent({ page, isStart }: { readonly page: OpenPage | undefined; readonly isStart: boolean }) {
  const t = useStrings(shellStrings);
  if (!page && isStart) {
    return (
      <EmptyState icon={ICONS.person} title={t.nothingOpen}>
        <p>{t.nothingOpenAdvice}</p>
      </EmptyState>
    );
  }
  if (!page) {
    return (
      <EmptyState icon={ICONS.search} title={t.nowhere}>
        <p>{t.nowhereAdvice}</p>
        <Link className="button" href="/">
          {t.toStart}
        </Link>
      </EmptyState>
    );
  }
  const broken = (again: () => void) => (
    <EmptyState icon={ICONS.dispute} title={t.broken}>
      <p>{t.brokenAdvice}</p>
      <Button onClick={again}>{t.again}</Button>
    </EmptyState>
  );
  return (
    <ErrorBoundary key={page.path} instead={broken}>
      <Suspense fallback={<Spinner label={t.loading} />}>
        <Loaded page={page} />
      </Suspense>
    </ErrorBoundary>
  );
}

function Loaded({ page }: { readonly page: OpenPage }) {
  const { Content } = use(page.load());
  return <Content />;
}

function switchTheme(): void {
  chooseTheme(document.documentElement.dataset["theme"] === "dark" ? "light" : "dark");
}
