import { createUnionType, Field, ID, InputType, Int } from "type-graphql";
import { DateTimeScalar } from "../../shared/scalars.ts";
import { Output } from "../../shared/subgraph/output.ts";
import { connectionOf } from "../../shared/subgraph/page-type.ts";
import { AccountRefusal } from "../change-account.ts";

@Output("MachineKey", "A key by which a machine is known. What it reads is shown once, and kept nowhere.")
export class MachineKey {
  readonly machineId!: string;

  @Field(() => ID, { description: "Stable id, `key_…`; it is the third part of the key." })
  id!: string;

  @Field(() => DateTimeScalar, { description: "Since when." })
  createdAt!: Date;

  @Field(() => DateTimeScalar, { description: "When it ends by itself." })
  expiresAt!: Date;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: "Its last use, to the minute; null where there was none.",
  })
  lastUsedAt!: Date | null;

  @Field(() => Boolean, { description: "Whether it is taken now: neither over nor revoked." })
  isGood!: boolean;
}

@Output("Machine", "A provider's machine that sends files and webhooks to a merchant.")
export class Machine {
  readonly merchantId!: string;

  @Field(() => ID, { description: "Stable id, `mac_…`; the audit calls it `machine:mac_…`." })
  id!: string;

  @Field(() => String, { description: "Its name, unlike that of any other machine in use." })
  name!: string;

  @Field(() => String, { description: "The one provider that it may send for: `adyen`." })
  provider!: string;

  @Field(() => [String], {
    nullable: true,
    description: "The accounts at the provider that it may send for; null is all.",
  })
  accounts!: readonly string[] | null;

  @Field(() => Int, { description: "Grows by one with each change; send it back as `expectedVersion`." })
  version!: number;

  @Field(() => String, { description: "Who made it." })
  createdBy!: string;

  @Field(() => DateTimeScalar, { description: "When." })
  createdAt!: Date;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: "When it was revoked with all its keys; null while it is in use.",
  })
  revokedAt!: Date | null;
}

@Output("MachineConnection", "A page of machines, by id.")
export class MachineConnection extends connectionOf("Machine", Machine) {}

@Output("MachineChange", "What was done to a machine.")
export class MachineChange {
  readonly __typename!: "MachineChange";

  @Field(() => ID, { description: "The machine." })
  machineId!: string;

  @Field(() => ID, { nullable: true, description: "The key that was made or revoked; null for the machine itself." })
  keyId!: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      "The new key, for `Authorization: Bearer KEY`. Shown here and never again: a request that is sent again gets null.",
  })
  key!: string | null;
}

@InputType("CreateMachineInput", { description: "A machine that shall be." })
export class CreateMachineInput {
  @Field(() => ID, { description: "Whose files it sends." })
  merchantId!: string;

  @Field(() => String, { description: "1 to 60 characters." })
  name!: string;

  @Field(() => String, { description: "The one provider that it may send for." })
  provider!: string;

  @Field(() => [String], { nullable: true, description: "Accounts at the provider, 1 to 100; all without it." })
  accounts?: string[] | null;

  @Field(() => Int, { nullable: true, description: "After how many days its key ends, 1 to 730; 365 without it." })
  days?: number | null;

  @Field(() => String, { description: "1 to 100 characters of your choice; sent again, it changes nothing more." })
  idempotencyKey!: string;
}

@InputType("RotateMachineKeyInput", { description: "A second key for a machine, in place of the one it has." })
export class RotateMachineKeyInput {
  @Field(() => ID, { description: "Whose machine it is." })
  merchantId!: string;

  @Field(() => ID, { description: "Which machine." })
  machineId!: string;

  @Field(() => Int, {
    nullable: true,
    description: "For how many hours the old key is taken as well, 0 to 720; 24 without it.",
  })
  overlapHours?: number | null;

  @Field(() => Int, { nullable: true, description: "After how many days the new key ends, 1 to 730; 365 without it." })
  days?: number | null;

  @Field(() => String, { description: "1 to 100 characters of your choice; sent again, it changes nothing more." })
  idempotencyKey!: string;
}

@InputType("RevokeMachineInput", { description: "What shall be taken no more, from this moment on." })
export class RevokeMachineInput {
  @Field(() => ID, { description: "Whose machine it is." })
  merchantId!: string;

  @Field(() => ID, { description: "Which machine." })
  machineId!: string;

  @Field(() => ID, { nullable: true, description: "One key of it; the machine with all its keys without it." })
  keyId?: string | null;

  @Field(() => String, { description: "1 to 100 characters of your choice; sent again, it changes nothing more." })
  idempotencyKey!: string;
}

export const MachineResult = createUnionType({
  name: "MachineResult",
  description: "What was done; or why nothing was.",
  types: () => [MachineChange, AccountRefusal] as const,
  resolveType: ({ __typename }) => __typename,
});
