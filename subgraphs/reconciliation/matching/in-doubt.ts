/**
 * A condition on the id of an open line: a transaction could be its own and nothing tells which, or it contradicts what it
 * names. As `exists`, planners expect that no line is left, and go through all contradictions once for each that is.
 */
export function isInDoubt(line: string): string {
  return `((${line} in (select line_id from candidate union all select line_id from mismatch)) is true)`;
}
