/** The token of an invitation in what a person has copied: a link, or the token itself. */
export function tokenIn(pasted: string): string {
  const given = pasted.trim();
  return URL.canParse(given) ? (new URL(given).searchParams.get("token") ?? given) : given;
}
