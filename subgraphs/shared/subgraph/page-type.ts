import { ArgsType, type ClassType, Directive, Field, Int, ObjectType } from "type-graphql";
import { DEFAULT_PAGE, LARGEST_PAGE, type PageFacts } from "./keyset-page.ts";
import { Output } from "./output.ts";

@Directive("@shareable")
@Output("PageInfo", "Where a page lies in its list.")
export class PageInfo implements PageFacts {
  @Field(() => Boolean, { description: "More rows follow this page." })
  hasNextPage!: boolean;

  @Field(() => Boolean, { description: "Rows precede this page." })
  hasPreviousPage!: boolean;

  @Field(() => String, { nullable: true, description: "Cursor of the first row; null on an empty page." })
  startCursor!: string | null;

  @Field(() => String, { nullable: true, description: "Cursor of the last row; null on an empty page." })
  endCursor!: string | null;
}

/** Base class of a Relay connection; the connection of its own may add totals to it. */
export function connectionOf<N extends object>(name: string, nodeType: AbstractClass<N>) {
  @Output(`${name}Edge`, "One row of a page.")
  class Edge {
    @Field(() => String, { description: "Opaque position of this row, for `after` and `before` with the same sort." })
    cursor!: string;

    @Field(() => nodeType as ClassType<N>, { description: "The row." })
    node!: N;
  }

  @ObjectType(`${name}Page`, { simpleResolvers: true })
  abstract class Connection {
    @Field(() => [Edge], { description: "The rows of this page, in the order asked for." })
    edges!: Edge[];

    @Field(() => PageInfo, { description: "Where this page lies in the list." })
    pageInfo!: PageInfo;
  }
  return Connection;
}

type AbstractClass<N> = abstract new (...args: never[]) => N;

/** Arguments of a list that is read forwards. */
@ArgsType()
export class ForwardPage {
  @Field(() => Int, {
    nullable: true,
    description: `How many rows, 1 to ${LARGEST_PAGE}; ${DEFAULT_PAGE} if not given.`,
  })
  first?: number | null;

  @Field(() => String, {
    nullable: true,
    description: "Only rows after this cursor. INVALID_CURSOR if it is not ours.",
  })
  after?: string | null;
}

/** Arguments of a list that is read in both directions. */
@ArgsType()
export class PageArguments extends ForwardPage {
  @Field(() => Int, {
    nullable: true,
    description: `How many rows from the end, 1 to ${LARGEST_PAGE}; not with \`first\`.`,
  })
  last?: number | null;

  @Field(() => String, {
    nullable: true,
    description: "Only rows before this cursor. INVALID_CURSOR if it is not ours.",
  })
  before?: string | null;
}
