import type { Ledger } from "../../support/ledger.ts";
import { type MerchantNumber, merchantIdOf, NUMBERS, type Owners } from "./marks.ts";

/** Reads every text of every table that has merchants, and keeps what stands in rows of one of them alone. */
export async function readOwners(ledger: Ledger): Promise<Owners> {
  const owners = new Map<string, MerchantNumber | "several">();
  const own = (value: unknown, number: MerchantNumber): void => {
    if (typeof value === "string") {
      if (value.length < SHORTEST || NUMERIC_OR_TIME.test(value)) return;
      const known = owners.get(value);
      owners.set(value, known === undefined || known === number ? number : "several");
    } else if (value !== null && typeof value === "object") {
      for (const item of Object.values(value)) own(item, number);
    }
  };
  const tables = await ledger.rows<{ name: string }>(TABLES);
  for (const { name } of tables) {
    for (const number of NUMBERS) {
      const rows = await ledger.rows(`select to_jsonb(t) as row from ${name} t where merchant_id = $1`, [
        merchantIdOf(number),
      ]);
      for (const { row } of rows) own(row, number);
    }
  }
  const single = [...owners].filter((entry): entry is [string, MerchantNumber] => entry[1] !== "several");
  return new Map(single);
}

/** A word that only one merchant happens to have says nothing when it is as short as this. */
const SHORTEST = 8;
const NUMERIC_OR_TIME = /^[\d.,:+TZ -]+$/;

const TABLES = `
  select format('%I.%I', n.nspname, c.relname) as name
  from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
  where a.attname = 'merchant_id' and c.relkind in ('r', 'p') and not c.relispartition
    and n.nspname not in ('pg_catalog', 'information_schema', 'bullmq')
  order by 1`;
