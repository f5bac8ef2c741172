import { Arg, Args, Ctx, FieldResolver, ID, Mutation, Query, Resolver, Root } from "type-graphql";
import { batched, groupedByKey } from "../../shared/subgraph/batched.ts";
import { conditions } from "../../shared/subgraph/conditions.ts";
import { keysetPage } from "../../shared/subgraph/keyset-page.ts";
import { ForwardPage } from "../../shared/subgraph/page-type.ts";
import { forbidden, type RequestContext } from "../../shared/subgraph/request-context.ts";
import { changeAccount, refusal } from "../change-account.ts";
import { USUAL_DAYS, USUAL_OVERLAP_HOURS } from "./machine-store.ts";
import {
  CreateMachineInput,
  Machine,
  MachineChange,
  MachineConnection,
  MachineKey,
  MachineResult,
  RevokeMachineInput,
  RotateMachineKeyInput,
} from "./machine-type.ts";
import { type Asked, MACHINE_ACTIONS, tryOnMachine } from "./work-on-machine.ts";

@Resolver(() => Machine)
export class MachineResolver {
  @Query(() => MachineConnection, { nullable: true, description: "The merchant's machines, by id." })
  machines(
    @Ctx() context: RequestContext,
    @Arg("merchantId", () => ID, { description: "Whose." }) merchantId: string,
    @Args(() => ForwardPage) page: ForwardPage,
  ) {
    if (!context.merchantsWith("accounts:manage").includes(merchantId)) throw forbidden("accounts:manage", merchantId);
    const list = {
      list: "machines",
      from: `(select merchant_id, id, name, provider, accounts, version, created_by as "createdBy",
        created_at as "createdAt", revoked_at as "revokedAt", merchant_id as "merchantId" from accounts.machine) t`,
      columns: "t.*",
      where: conditions([[merchantId]]),
      sort: { column: "t.id", type: "text", direction: "ASC" },
    } as const;
    return keysetPage<Machine, Machine>(context, list, page, (row) => row);
  }

  @FieldResolver(() => [MachineKey], { nullable: true, description: "Its keys, the oldest first; old ones too." })
  async keys(@Ctx() context: RequestContext, @Root() { id }: Machine) {
    return (await keysOf(context, id)) ?? [];
  }

  @Mutation(() => MachineResult, {
    nullable: true,
    description: "Makes a machine that may send files and webhooks of one provider, and its first key.",
  })
  createMachine(
    @Ctx() context: RequestContext,
    @Arg("input", () => CreateMachineInput, { description: "The machine." }) input: CreateMachineInput,
  ) {
    const { name, provider, accounts = null, days = USUAL_DAYS } = input;
    return change(context, input, { verb: "create", name, provider, accounts, days: days ?? USUAL_DAYS });
  }

  @Mutation(() => MachineResult, {
    nullable: true,
    description: "Gives a machine a second key; the old one is taken as well for a while, so that no file is refused.",
  })
  rotateMachineKey(
    @Ctx() context: RequestContext,
    @Arg("input", () => RotateMachineKeyInput, { description: "Which." }) input: RotateMachineKeyInput,
  ) {
    const { machineId, days, overlapHours } = input;
    const times = { days: days ?? USUAL_DAYS, overlapHours: overlapHours ?? USUAL_OVERLAP_HOURS };
    return change(context, input, { verb: "rotate", machineId, ...times });
  }

  @Mutation(() => MachineResult, {
    nullable: true,
    description: "Takes a machine's key, or the machine with all its keys, away; from this moment on it is refused.",
  })
  revokeMachine(
    @Ctx() context: RequestContext,
    @Arg("input", () => RevokeMachineInput, { description: "Which." }) input: RevokeMachineInput,
  ) {
    const { machineId, keyId = null } = input;
    return change(context, input, { verb: "revoke", machineId, keyId });
  }
}

type Given = { readonly merchantId: string; readonly idempotencyKey: string };

/** Whoever has no part in sending files gives nobody such a part, and takes it from nobody. */
function change(context: RequestContext, { merchantId, idempotencyKey: key }: Given, asked: Asked) {
  const objectId = asked.verb === "create" ? "new" : asked.machineId;
  const act = { merchantId, action: MACHINE_ACTIONS[asked.verb], objectId, key, input: asked };
  return changeAccount<MachineChange>(context, act, async (transaction, own) => {
    if (!own.permissions.has("files:upload")) return refusal("MORE_THAN_YOURS");
    const outcome = await tryOnMachine(transaction, merchantId, asked, context.identity.userId);
    if (typeof outcome === "string") return refusal(outcome);
    const { before, after, ...done } = outcome;
    const answer: MachineChange = { __typename: "MachineChange", ...done };
    // The key is in this answer and in no other: what is kept for a request that is sent again is without it.
    return { answer, kept: { ...answer, key: null }, before, after: after ?? {} };
  });
}

const keysOf = batched<readonly MachineKey[]>(async (context, machines) => {
  const rows = await context.query<MachineKey>(KEYS, [context.merchantsWith("accounts:manage"), machines]);
  return groupedByKey<MachineKey, MachineKey>(
    rows,
    ({ machineId }) => machineId,
    (row) => row,
  );
});

const KEYS = `
  select id, machine_id as "machineId", created_at as "createdAt", expires_at as "expiresAt",
    last_used_at as "lastUsedAt", revoked_at is null and expires_at > clock_timestamp() as "isGood"
  from accounts.machine_key where merchant_id = any ($1::text[]) and machine_id = any ($2::text[])
  order by created_at, id`;
