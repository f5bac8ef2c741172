/** Which merchant a text belongs to: each carries its mark in every text that can carry one. */
export type MerchantNumber = 1 | 2 | 3;

export const NUMBERS = [1, 2, 3] as const satisfies readonly MerchantNumber[];

export const markOf = (number: MerchantNumber) => `M${number}Q7`;
export const merchantIdOf = (number: MerchantNumber) => `mer_${markOf(number)}`;

/** What the database holds of one merchant alone, by the text: ids and digests carry no mark and still betray. */
export type Owners = ReadonlyMap<string, MerchantNumber>;

/** What was seen in one answer. */
type Seen = {
  /** Leaves of the data that are not null. */
  readonly fields: number;
  /** Whatever belongs to a merchant that is not the reader's, with the place where it stood. */
  readonly foreign: readonly string[];
};

/** Looks through everything in an answer, of whatever part, for what is not of these merchants. */
export function lookThrough(answer: unknown, own: readonly MerchantNumber[], owners: Owners): Seen {
  const foreign: string[] = [];
  let fields = 0;
  const visit = (value: unknown, path: string, key: string): void => {
    if (value === null || value === undefined) return;
    if (Array.isArray(value)) {
      for (const [index, item] of value.entries()) visit(item, `${path}.${index}`, key);
    } else if (typeof value === "object") {
      if (hasForeignAmount(value, own)) foreign.push(`${path}: ${JSON.stringify(value)}`);
      for (const [name, item] of Object.entries(value)) visit(item, `${path}.${name}`, name);
    } else {
      fields += 1;
      if (typeof value === "string" && betrays(value, key, own, owners)) foreign.push(`${path}: ${value}`);
    }
  };
  visit(answer, "", "");
  return { fields, foreign };
}

/** Marks of other merchants in a text of any kind: headers, logs, a body that is no JSON. */
export function foreignMarks(text: string, own: readonly MerchantNumber[]): readonly string[] {
  return [...text.matchAll(MARK)].filter(([, number]) => !isOwn(Number(number), own)).map(([mark]) => mark);
}

const MARK = /M([123])Q7/g;

function betrays(value: string, key: string, own: readonly MerchantNumber[], owners: Owners): boolean {
  const owner = owners.get(value);
  if (owner !== undefined && !own.includes(owner)) return true;
  if (value.includes("Q7") && foreignMarks(value, own).length > 0) return true;
  return SEALED.test(key) && betraysInside(value, own, owners);
}

/** A cursor or a token is sealed and not secret: what it holds can be read. */
function betraysInside(cursor: string, own: readonly MerchantNumber[], owners: Owners): boolean {
  const held = Buffer.from(cursor, "base64url").toString("latin1");
  return held.split('"').some((part) => betrays(part, "", own, owners));
}

const SEALED = /(?:cursor|resumeToken)$/i;

/** Without what tells the time of asking, which no two answers share. */
export const timeless = (text: string) => text.replace(/"resumeToken":"[^"]*"/g, '"resumeToken":"-"');

/** A transaction's own amount tells whose it is by its remainder of three. */
function hasForeignAmount(value: object, own: readonly MerchantNumber[]): boolean {
  const { __typename: type, amount } = value as { __typename?: unknown; amount?: { amountMinor?: unknown } | null };
  if (typeof type !== "string" || !type.endsWith("Transaction") || typeof amount?.amountMinor !== "string")
    return false;
  const remainder = Number(BigInt(amount.amountMinor) % 3n);
  return !own.some((number) => number % 3 === Math.abs(remainder));
}

function isOwn(number: number, own: readonly MerchantNumber[]): boolean {
  return own.some((each) => each === number);
}
