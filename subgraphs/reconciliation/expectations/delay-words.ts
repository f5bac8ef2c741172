import { enumOf } from "../../shared/subgraph/output.ts";
import { DELAY_STEPS } from "./delays.ts";

export const DelayStepEnum = enumOf("DelayStep", "A part of the way that money takes.", DELAY_STEPS, {
  SETTLEMENT: "From the purchase to the line that settles it.",
  PAYOUT: "From the settlement to the payout.",
  BANK: "From the payout to the bank's entry.",
});
