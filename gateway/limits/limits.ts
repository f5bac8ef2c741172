/** What one request may ask for. Every number is the largest that is allowed. */
export type Limits = {
  /** Tokens of a document; the parser stops there. */
  readonly tokens: number;
  /** Fields inside fields, fragments unfolded; introspection counts as one level. */
  readonly depth: number;
  /** Renamed fields, fragments unfolded. */
  readonly aliases: number;
  /** Fields at the root of an operation, fragments unfolded. */
  readonly rootFields: number;
  /** Directives as written, anywhere in the document. */
  readonly directives: number;
  /** Named fragments of a document. */
  readonly fragments: number;
  /** Fields, spreads and inline fragments, fragments unfolded. */
  readonly selections: number;
  /** Fields that stand in one selection set a second time: validation compares each of them with each other. */
  readonly repeats: number;
  /** Variables that decide a `@skip` or `@include`: each doubles the plans that an operation may need. */
  readonly conditionVariables: number;
  /** `first` or `last` of one list; the smallest is 1. */
  readonly listSize: number;
  /** Rows at the innermost lists, were every list full: sizes of nested lists are multiplied, of others added. */
  readonly cost: number;
  /** Lists and objects inside one another, in a variable or in a value of the document. */
  readonly valueDepth: number;
  /** Characters of one text in a variable or in the document. */
  readonly stringLength: number;
  /** Members of one list in a variable or in the document. */
  readonly arrayLength: number;
  /** What a list counts for that is asked for without `first` and `last`. */
  readonly defaultListSize: number;
  /** What a list counts for that cannot be paged, because no argument says how long it may be. */
  readonly unpagedListSize: number;
};

export const DEFAULT_LIMITS: Limits = {
  tokens: 2_000,
  depth: 10,
  aliases: 20,
  rootFields: 10,
  directives: 20,
  fragments: 30,
  selections: 1_000,
  repeats: 50,
  conditionVariables: 5,
  listSize: 100,
  cost: 10_000,
  valueDepth: 20,
  stringLength: 1_000,
  arrayLength: 200,
  defaultListSize: 25,
  unpagedListSize: 5,
};

/** Tokens are counted before anyone knows whose document it is, and list sizes are the schema's: no role changes them. */
export type RoleLimits = Partial<Omit<Limits, "tokens" | "defaultListSize" | "unpagedListSize">>;

export type LimitsOptions = {
  readonly all?: Partial<Limits>;
  /** What differs for callers of a role, for example `machine`. */
  readonly roles?: Readonly<Record<string, RoleLimits>>;
};

/** The limits of a caller by role; an unknown role has those of everyone. */
export function createLimits({ all, roles = {} }: LimitsOptions = {}): (role?: string) => Limits {
  const everyone: Limits = { ...DEFAULT_LIMITS, ...all };
  const byRole = new Map(Object.entries(roles).map(([role, differing]) => [role, { ...everyone, ...differing }]));
  return (role) => (role === undefined ? everyone : (byRole.get(role) ?? everyone));
}
