import type { ComponentType } from "react";
import type { Action, Menu } from "../generated/graph/viewer.ts";
import type { Language } from "../language/languages.ts";

/** What the shell has to know of a page before it is opened. `pages/<name>/page.ts` of each exports one as `page`. */
export type Page = {
  readonly path: `/${string}`;
  /** The menu of a user group that opens it; without it everyone has it. */
  readonly menu?: Menu;
  /** What the group must also let its members do; VIEW where nothing is said. */
  readonly action?: Action;
  /** Of what belongs to the whole merchant, and so is closed to who is limited to some of its locations. */
  readonly wholeMerchant?: true;
  /** Opened by a link alone, and in no menu. */
  readonly isUnlisted?: true;
  /** Where it stands in the menu; the first four are at hand on a phone. */
  readonly order: number;
  readonly title: Readonly<Record<Language, string>>;
  /** Path data of a stroked icon in a square of 24. */
  readonly icon: string;
  /** Loaded when it is opened. */
  readonly load: () => Promise<{ readonly Content: ComponentType }>;
};
