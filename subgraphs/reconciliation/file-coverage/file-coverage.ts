import { Args, Ctx, Field, Int, Query, Resolver } from "type-graphql";
import {
  assessCoverage,
  COVERAGE_COLUMNS,
  COVERAGE_FROM,
  type CoverageRow,
} from "../../shared/coverage/assess-coverage.ts";
import { BigIntScalar, DateScalar, DateTimeScalar } from "../../shared/scalars.ts";
import { conditions } from "../../shared/subgraph/conditions.ts";
import { keysetPage, type PageRequest } from "../../shared/subgraph/keyset-page.ts";
import { Output } from "../../shared/subgraph/output.ts";
import { connectionOf, ForwardPage } from "../../shared/subgraph/page-type.ts";
import type { RequestContext } from "../../shared/subgraph/request-context.ts";

@Output("SequenceGap", "Numbered batches or statements that did not come although a later one did.")
class SequenceGap {
  @Field(() => String, { description: "The series they are numbered in, such as a year; often empty." })
  series!: string;

  @Field(() => BigIntScalar, { description: "The first that is missing." })
  from!: number;

  @Field(() => BigIntScalar, { description: "The last that is missing." })
  to!: number;
}

@Output("FileCoverage", "The files of one format about one account: what came, and what should have.")
class FileCoverage {
  @Field(() => String, { description: "The provider, by name; `bank` for statements." })
  provider!: string;

  @Field(() => String, { description: "The account, as the provider or the bank writes it." })
  account!: string;

  @Field(() => String, { description: "The adapter that read them." })
  adapter!: string;

  @Field(() => BigIntScalar, { description: "Files about it that were taken." })
  files!: bigint;

  @Field(() => DateTimeScalar, { description: "When the last of them came." })
  lastReceivedAt!: Date;

  @Field(() => DateScalar, { description: "The last day that any of them is about." })
  coveredUntil!: string;

  @Field(() => Int, { nullable: true, description: "Days between files as a rule; null until three have come." })
  usualDays!: number | null;

  @Field(() => DateScalar, { nullable: true, description: "The last day on which the next file is in time." })
  dueBy!: string | null;

  @Field(() => Boolean, { description: "True once the next file is overdue." })
  isSilent!: boolean;

  @Field(() => [SequenceGap], { description: "What is missing between the numbers that came." })
  gaps!: readonly SequenceGap[];
}

@Output("FileCoverageConnection", "A page of accounts, that of the latest file first.")
class FileCoverageConnection extends connectionOf("FileCoverage", FileCoverage) {}

@Resolver(() => FileCoverage)
export class FileCoverageResolver {
  @Query(() => FileCoverageConnection, {
    nullable: true,
    description: "For each account, how far its files go, whether one is overdue, and which numbers are missing.",
  })
  fileCoverage(@Ctx() context: RequestContext, @Args(() => ForwardPage) page: ForwardPage) {
    return coveragePage(context, page);
  }
}

function coveragePage(context: RequestContext, page: PageRequest) {
  const where = conditions([context.require("settlements:view")]);
  const sort = { column: "t.last_received_at", type: "timestamptz", direction: "DESC" } as const;
  const keyset = { list: "file-coverage", from: COVERAGE_FROM, columns: COVERAGE_COLUMNS, where, sort };
  return keysetPage<CoverageRow, FileCoverage>(context, keyset, page, coverageOf);
}

function coverageOf(row: CoverageRow): FileCoverage {
  return {
    provider: row.provider,
    account: row.account,
    adapter: row.adapter,
    files: row.files,
    lastReceivedAt: row.last_received_at,
    coveredUntil: row.last_date,
    ...assessCoverage(row, new Date().toISOString().slice(0, 10)),
  };
}
