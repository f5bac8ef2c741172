/** Rules as they stand in a rule set, as far as a person may turn them here; the rest goes along as it is. */
export type Rules = Readonly<Record<string, unknown>>;

/** Numbers of the rules, by where they stand. */
export const NUMBERS = [
  "windows.rrnHours",
  "windows.stanHours",
  "windows.authorisationHours",
  "windows.merchantReferenceHours",
  "windows.voucherSeconds",
  "scored.windowHours",
  "scored.review",
  "scored.accept",
  "scored.margin",
  "tolerance.minor",
  "tolerance.basisPoints",
] as const;
export type NumberName = (typeof NUMBERS)[number];

export function stagesOf({ stages }: Rules): readonly (readonly [stage: string, isOn: boolean])[] {
  return Object.entries(isGroup(stages) ? stages : {}).map(([stage, isOn]) => [stage, isOn === true]);
}

export function withStages(rules: Rules, on: readonly string[]): Rules {
  const stages = Object.fromEntries(stagesOf(rules).map(([stage]) => [stage, on.includes(stage)]));
  return { ...rules, stages };
}

export function numberOf(rules: Rules, name: NumberName): number | undefined {
  const [group, member] = placeOf(name);
  const inside = rules[group];
  const value = isGroup(inside) ? inside[member] : undefined;
  return typeof value === "number" ? value : undefined;
}

export function withNumber(rules: Rules, name: NumberName, value: number): Rules {
  const [group, member] = placeOf(name);
  const inside = rules[group];
  return { ...rules, [group]: { ...(isGroup(inside) ? inside : {}), [member]: value } };
}

/** Whether two say the same, in whatever order. */
export function areSame(one: unknown, other: unknown): boolean {
  if (!isGroup(one) || !isGroup(other)) return one === other;
  return Object.keys({ ...one, ...other }).every((member) => areSame(one[member], other[member]));
}

function placeOf(name: NumberName): readonly [group: string, member: string] {
  const [group = "", member = ""] = name.split(".");
  return [group, member];
}

function isGroup(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
