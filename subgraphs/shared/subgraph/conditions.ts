/** Builds a `where` clause and its parameters together, so that a value never becomes SQL text. */
export type Conditions = {
  /** Adds the condition, with `?` for the value, unless the value is absent (null or undefined). */
  readonly add: (condition: string, value: unknown) => Conditions;
  /** Adds a condition without a value. */
  readonly always: (condition: string) => Conditions;
  /** Takes a value into the parameters and answers its placeholder. */
  readonly parameter: (value: unknown) => string;
  readonly text: () => string;
  readonly values: () => readonly unknown[];
  /** To go on separately from here. */
  readonly copy: () => Conditions;
};

/** @param values parameters that are there already: the first condition's value becomes the one after them */
export function conditions(values: readonly unknown[] = [], texts: readonly string[] = []): Conditions {
  const collected = [...values];
  const clauses = [...texts];
  const parameter = (value: unknown) => `$${collected.push(value)}`;
  const builder: Conditions = {
    add: (condition, value) => {
      if (value === null || value === undefined) return builder;
      const placeholder = parameter(value);
      clauses.push(condition.replaceAll("?", placeholder));
      return builder;
    },
    always: (condition) => {
      clauses.push(condition);
      return builder;
    },
    parameter,
    text: () => clauses.map((clause) => `(${clause})`).join(" and ") || "true",
    values: () => collected,
    copy: () => conditions(collected, clauses),
  };
  return builder;
}
