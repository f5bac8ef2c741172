import { Icon } from "../design/icon.tsx";
import { useSpeech } from "../language/language.tsx";
import { Link } from "./link.tsx";
import type { OpenPage } from "./pages.ts";

type MenuProps = {
  readonly pages: readonly OpenPage[];
  readonly path: string;
  readonly label: string;
  readonly className: string;
  readonly onFollow?: () => void;
};

/** The pages that are open to the person. */
export function Menu({ pages, path, label, className, onFollow }: MenuProps) {
  const { language } = useSpeech();
  return (
    <nav className={className} aria-label={label}>
      <ul>
        {pages.map((page) => (
          <li key={page.path}>
            <Link
              href={page.path}
              // On its way while the person's hand is.
              onPointerEnter={() => void page.load().catch(() => undefined)}
              className="menu__link"
              {...(page.path === path && { "aria-current": "page" })}
              {...(onFollow && { onClick: onFollow })}
            >
              <Icon path={page.icon} />
              <span>{page.title[language]}</span>
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
