import { Field, ID } from "type-graphql";
import { DateTimeScalar } from "../../shared/scalars.ts";
import { batched, groupedByKey } from "../../shared/subgraph/batched.ts";
import { Output } from "../../shared/subgraph/output.ts";

@Output("DiscrepancyComment", "What a person noted about a discrepancy.")
export class DiscrepancyComment {
  @Field(() => ID, { description: "Stable id, `com_…`." })
  id!: string;

  @Field(() => ID, { description: "Who noted it." })
  authorId!: string;

  @Field(() => String, { description: "What was noted." })
  text!: string;

  @Field(() => DateTimeScalar, { description: "When." })
  writtenAt!: Date;
}

/** Comments of a discrepancy in the order they were written; by the caller's scope alone: ask for visible ones only. */
export const commentsOfDiscrepancy = batched<readonly DiscrepancyComment[]>(async (context, ids) => {
  const rows = await context.query<CommentRow>(
    COMMENTS,
    [context.requireReach("reconciliation:view").merchants, ids],
    "comments",
  );
  return groupedByKey(rows, (row) => row.discrepancy_id, commentOf);
});

type CommentRow = {
  readonly discrepancy_id: string;
  readonly id: string;
  readonly author_id: string;
  readonly text: string;
  readonly written_at: Date;
};

function commentOf({ id, author_id, text, written_at }: CommentRow): DiscrepancyComment {
  return { id, authorId: author_id, text, writtenAt: written_at };
}

const COMMENTS = `
  select discrepancy_id, id, author_id, text, written_at from reconciliation.discrepancy_comment
  where merchant_id = any($1::text[]) and discrepancy_id = any($2::text[]) order by written_at, id`;
