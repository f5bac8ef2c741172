import { pairLoose } from "./open-work.ts";

/**
 * References of several loose lines, and whether one of these was paired already: a provider's reference is of one
 * transaction, and whatever that is found to be, it is for all lines that come under it.
 */
export const SHARED_REFERENCES = `
  create temporary table shared_reference on commit drop as
  select resolved_id, false as is_led from loose_line
  where resolved_id is not null group by resolved_id having count(*) > 1`;

/** A condition on a loose line `l`: another line has led its reference to a transaction. */
export const IS_LED = "((l.resolved_id in (select resolved_id from shared_reference where is_led)) is true)";

/**
 * A statement that takes the pairs that a stage offers (\`line_id\`, \`transaction_id\`, \`family\`, \`stage\`, \`prior_base\`,
 * \`evidence\`), but none that would lead a reference to two transactions: to one that a stronger stage did not find for
 * it, or to several at once, of which any may be wrong.
 */
export const pairOffered = (offers: string) =>
  pairLoose(
    `insert into pair (line_id, transaction_id, family, stage, prior_base, evidence)
    select line_id, transaction_id, family, stage, prior_base, evidence from judged where leads_to_one`,
    `judged as materialized (
      select o.*, s.resolved_id as shared,
        s.resolved_id is null or not s.is_led and min(o.transaction_id) over (partition by s.resolved_id)
          = max(o.transaction_id) over (partition by s.resolved_id) as leads_to_one
      from (${offers}) o
      join loose_line l on l.id = o.line_id
      left join shared_reference s on s.resolved_id = l.resolved_id
    ), led as (
      update shared_reference s set is_led = true from judged j where j.shared = s.resolved_id and j.leads_to_one
    ), `,
  );
