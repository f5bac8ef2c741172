import { ObjectType, registerEnumType } from "type-graphql";

/**
 * A GraphQL object type whose fields are read straight off the row. Without `simpleResolvers` type-graphql wraps every
 * field of every row in a promise, which is most of the time a page of 100 rows takes.
 */
export function Output(name: string, description: string, options: OutputOptions = {}): ClassDecorator {
  return ObjectType(name, { description, simpleResolvers: true, ...options });
}

type OutputOptions = { readonly implements?: abstract new (...args: never[]) => object };

/** Registers a word list as a GraphQL enum; the object it gives stands for it in `@Field(() => …)`. */
export function enumOf<W extends string>(
  name: string,
  description: string,
  words: readonly W[],
  descriptions: Partial<Record<W, string>> = {},
): { readonly [Word in W]: Word } {
  const values = Object.fromEntries(words.map((word) => [word, word])) as { readonly [Word in W]: Word };
  const valuesConfig: { [Word in W]?: { description: string } } = {};
  for (const word of words) {
    const text = descriptions[word];
    if (text) valuesConfig[word] = { description: text };
  }
  registerEnumType(values, { name, description, valuesConfig });
  return values;
}
