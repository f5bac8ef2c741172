import { Arg, Ctx, createUnionType, Field, ID, InputType, Mutation, Resolver } from "type-graphql";
import { AppError } from "../shared/errors.ts";
import { checkedKey } from "../shared/subgraph/idempotency-conflict.ts";
import { Output } from "../shared/subgraph/output.ts";
import { forbidden, type RequestContext } from "../shared/subgraph/request-context.ts";
import { type FileRequest, requestReading } from "./import/request-reading.ts";
import { fileById } from "./reconciliation-lists.ts";
import { type FileStatus, FileStatusEnum, SettlementFile } from "./settlement-file-type.ts";

@InputType("SettlementFileInput", { description: "Which file, and the key of this request." })
export class SettlementFileInput {
  @Field(() => ID, { description: "The file." })
  id!: string;

  @Field(() => String, { description: "1 to 100 characters of your choice; sent again, it changes nothing more." })
  idempotencyKey!: string;
}

@Output("SettlementFileRefusal", "Nothing was done: the file is not at a point where this can be asked.")
class SettlementFileRefusal {
  @Field(() => String, { description: "Why, as a sentence in English." })
  message!: string;

  @Field(() => FileStatusEnum, { description: "How far the file is." })
  status!: FileStatus;
}

const answers = (name: string, description: string) =>
  createUnionType({
    name,
    description,
    types: () => [SettlementFile, SettlementFileRefusal] as const,
    resolveType: (value) => ("message" in value ? SettlementFileRefusal : SettlementFile),
  });

const SettlementFileResult = answers("SettlementFileResult", "The file, on its way; or why nothing was done.");
const SettlementFilePreviewResult = answers(
  "SettlementFilePreviewResult",
  "The file, on its way to being previewed; or why it is not.",
);

const INPUT = { description: "Which file." };
const AT_ONCE = "Answers at once; follow `settlementFile`. Needs `files:upload` and `settlements:view`.";

@Resolver()
export class SettlementFileRequestResolver {
  @Mutation(() => SettlementFilePreviewResult, {
    nullable: true,
    description: `Finds out what a file would do, of one that was previewed, rejected or discarded. ${AT_ONCE}`,
  })
  previewSettlementFile(
    @Ctx() context: RequestContext,
    @Arg("input", () => SettlementFileInput, INPUT) input: SettlementFileInput,
  ) {
    return ask(context, "PREVIEW", input);
  }

  @Mutation(() => SettlementFileResult, { nullable: true, description: `Takes a previewed file's rows. ${AT_ONCE}` })
  applySettlementFile(
    @Ctx() context: RequestContext,
    @Arg("input", () => SettlementFileInput, INPUT) input: SettlementFileInput,
  ) {
    return ask(context, "APPLY", input);
  }

  @Mutation(() => SettlementFileResult, {
    nullable: true,
    description: "Puts a previewed file aside; sent again, it is looked at anew. Needs the same permissions.",
  })
  discardSettlementFile(
    @Ctx() context: RequestContext,
    @Arg("input", () => SettlementFileInput, INPUT) input: SettlementFileInput,
  ) {
    return ask(context, "DISCARD", input);
  }

  @Mutation(() => SettlementFileResult, {
    nullable: true,
    description: `Reads the stored bytes again, with today's adapters and mappings: what could not be taken comes in. ${AT_ONCE}`,
  })
  replaySettlementFile(
    @Ctx() context: RequestContext,
    @Arg("input", () => SettlementFileInput, INPUT) input: SettlementFileInput,
  ) {
    return ask(context, "REPLAY", input);
  }
}

async function ask(context: RequestContext, request: FileRequest, { id, idempotencyKey }: SettlementFileInput) {
  const allowed = context.require("files:upload");
  const merchantId = (await fileById(context, id))?.merchantId;
  if (merchantId === undefined)
    throw new AppError("NOT_FOUND", `There is no file "${id}" that you may see: check the id.`);
  if (!allowed.includes(merchantId)) throw forbidden("files:upload", merchantId);
  const { refused } = await context.run((transaction) =>
    requestReading(transaction, {
      merchantId,
      fileId: id,
      request,
      key: checkedKey(idempotencyKey),
      userId: context.identity.userId,
    }),
  );
  const file = await fileById(context, id);
  return refused === undefined ? file : { message: `${refused}.`, status: file?.status };
}
