import { z } from "zod";
import { MollieAmount } from "./resource.ts";

const Group = z.object({
  description: z.string(),
  method: z.string().nullish(),
  count: z.string().nullish(),
  amountNet: MollieAmount,
  amountVat: MollieAmount.nullish(),
  amountGross: MollieAmount.nullish(),
});
export type Group = z.infer<typeof Group>;

const Period = z.object({ revenue: z.array(Group).default([]), costs: z.array(Group).default([]) });

/** A settlement of Mollie's API, as far as we read it. Older ones have no status; the next one has no reference yet. */
export const Settlement = z.object({
  resource: z.literal("settlement"),
  id: z.string().min(1),
  reference: z.string().min(1).nullish(),
  status: z.string().nullish(),
  createdAt: z.string().nullish(),
  settledAt: z.string().nullish(),
  amount: MollieAmount,
  balanceId: z.string().min(1).nullish(),
  periods: z.record(z.string(), z.record(z.string(), Period)).or(z.array(z.never())).default({}),
});
export type Settlement = z.infer<typeof Settlement>;

/** A group of a settlement and where it stands: "2024-04", whichever way the API writes the month. */
export type PeriodGroup = { readonly period: string; readonly side: "revenue" | "costs"; readonly group: Group };

export function groupsOf({ periods }: Settlement): readonly PeriodGroup[] {
  return Object.entries(periods).flatMap(([year, months]) =>
    Object.entries(months).flatMap(([month, { revenue, costs }]) => {
      const period = `${year}-${month.padStart(2, "0")}`;
      return [
        ...revenue.map((group) => ({ period, side: "revenue" as const, group })),
        ...costs.map((group) => ({ period, side: "costs" as const, group })),
      ];
    }),
  );
}
