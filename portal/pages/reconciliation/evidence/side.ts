/** What two sides of money are held against each other by, in the order that it is shown. */
export const FIELDS = [
  "kind",
  "amount",
  "time",
  "day",
  "provider",
  "account",
  "method",
  "reference",
  "merchantReference",
  "authorisationCode",
  "last4",
  "arn",
  "terminal",
] as const;
export type Field = (typeof FIELDS)[number];

/** A value as it is written, and what is compared of it. */
type Fact = { readonly shown: string; readonly key: string };

/** One of the two that are compared. */
export type Side = {
  readonly title: string;
  readonly href?: string | undefined;
  readonly facts: Readonly<Partial<Record<Field, Fact>>>;
  /** What only this side can say, such as the line of a file. */
  readonly own: readonly (readonly [name: string, value: string])[];
};

export type Verdict = "same" | "near" | "differs" | "missing";

type Compared = {
  readonly field: Field;
  readonly left: string | undefined;
  readonly right: string | undefined;
  readonly verdict: Verdict;
};

const HOUR_MS = 3_600_000;

/** Every field that one of them tells. A clock is a little off as a rule, and so times that are near are told as such. */
export function compared(left: Side, right: Side): readonly Compared[] {
  return FIELDS.flatMap((field) => {
    const [a, b] = [left.facts[field], right.facts[field]];
    if (!a && !b) return [];
    return [{ field, left: a?.shown, right: b?.shown, verdict: a && b ? verdictOf(field, a, b) : "missing" } as const];
  });
}

function verdictOf(field: Field, a: Fact, b: Fact): Verdict {
  if (a.key === b.key) return "same";
  if (field !== "time") return "differs";
  return Math.abs(Date.parse(a.key) - Date.parse(b.key)) < HOUR_MS ? "near" : "differs";
}

/** A fact where there is a value. */
export function fact(value: string | null | undefined, shown = value): Fact | undefined {
  return value ? { shown: shown ?? value, key: value } : undefined;
}
