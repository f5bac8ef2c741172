/**
 * How a row's content is hashed: which values, in which order and how they are written (the columns before `content_hash`
 * in STAGED, and what an entry of a bank is made of). Whoever changes that gives it the next number. A hash is kept with the
 * number of its recipe, and hashes of two recipes say nothing of each other: there the money decides, so that no old row
 * looks altered because we look at it in another way. A column that need not be compared goes behind the hash instead.
 *
 * A row that its provider gave no id is named by its hash without the number. Such names are for ever: a later recipe must
 * go on making them as this one does, or every file that is sent again would bring its rows a second time.
 */
const RECIPE = 1;

/** The content hash as it is kept. */
export function keptHash(hash: string): string {
  return `${RECIPE}.${hash}`;
}

/** A column of money, or of what it is for, where it is kept and where it is staged. */
type Money = readonly (readonly [kept: string, staged: string])[];

/** SQL: whether a kept row says the same as a staged one. */
export function saysTheSame(kept: string, staged: string, money: Money): string {
  const isOtherRecipe = `split_part(${kept}, '.', 1) <> split_part(${staged}, '.', 1)`;
  const row = (side: 0 | 1) => `(${money.map((pair) => pair[side]).join(", ")})`;
  return `(${kept} = ${staged} or ${isOtherRecipe} and ${row(0)} is not distinct from ${row(1)})`;
}
