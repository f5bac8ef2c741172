import type { Money } from "../../../language/formats.ts";
import type { Side } from "../evidence/side.ts";

/** A line or a transaction that can be part of a match, and how it is held against others. */
export type Pick = { readonly id: string; readonly amount: Money; readonly side: Side };

/** The one that a counterpart is looked for, and what it is looked for by. */
export type Subject = Pick & {
  readonly kind: "line" | "transaction";
  readonly merchantId: string;
  readonly provider: string;
  readonly occurredAt: string;
};

export type PickerProps = {
  readonly subject: Subject;
  readonly fitting: readonly Pick[];
  readonly picks: readonly Pick[];
  readonly onPick: (picks: readonly Pick[]) => void;
};
