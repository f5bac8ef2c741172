import { Field, ID, InputType } from "type-graphql";
import type { Money } from "../shared/money.ts";
import { BigIntScalar, CurrencyScalar, DateScalar } from "../shared/scalars.ts";
import { MoneyType } from "../shared/subgraph/money-type.ts";
import { enumOf, Output } from "../shared/subgraph/output.ts";
import { connectionOf } from "../shared/subgraph/page-type.ts";

const DIRECTIONS = ["CREDIT", "DEBIT"] as const;
export type Direction = (typeof DIRECTIONS)[number];
const DirectionEnum = enumOf("BankEntryDirection", "Which way the money went.", DIRECTIONS, {
  CREDIT: "To the account's holder.",
  DEBIT: "From the account's holder.",
});

@InputType("BankEntryFilter", { description: "All that is given must hold." })
export class BankEntryFilter {
  @Field(() => String, { nullable: true, description: "Account, as the bank writes it, without spaces." })
  account?: string | null;

  @Field(() => DateScalar, { nullable: true, description: "Booked on this day or later." })
  bookedFrom?: string | null;

  @Field(() => DateScalar, { nullable: true, description: "Booked on this day or earlier." })
  bookedTo?: string | null;

  @Field(() => DirectionEnum, { nullable: true, description: "Money that came, or money that went." })
  direction?: Direction | null;

  @Field(() => CurrencyScalar, { nullable: true, description: "Currency." })
  currency?: string | null;
}

@Output("StructuredCommunication", "A communication whose form the bank knows.")
export class StructuredCommunication {
  @Field(() => String, { description: "Its type: `101`, `114`, `123` of CODA, `SCOR` of camt." })
  type!: string;

  @Field(() => String, { description: "What it says, as given." })
  value!: string;
}

@Output("PosTotal", "The takings of one terminal, as the bank names them.")
export class PosTotal {
  @Field(() => String, { description: "The terminal, by the acquirer's number." })
  posNumber!: string;

  @Field(() => String, { description: "The terminal's period." })
  period!: string;

  @Field(() => String, { description: "Sequence of its first or only payment." })
  sequence!: string;

  @Field(() => String, { description: "The terminal's own clock, `YYYY-MM-DD HH:MM`." })
  localTime!: string;
}

@Output("BankEntryPart", "One of the payments that a booked sum stands for.")
export class BankEntryPart {
  @Field(() => MoneyType, { description: "Signed like the entry." })
  amount!: Money;

  @Field(() => String, { nullable: true, description: "The payer's own reference." })
  endToEndId!: string | null;

  @Field(() => String, { nullable: true, description: "The bank's reference." })
  reference!: string | null;

  @Field(() => String, { description: "Text of the payment." })
  remittance!: string;
}

@Output("BankEntry", "One booked entry of a bank account, from a statement or a notification.")
export class BankEntry {
  @Field(() => ID, { description: "Stable id, `bnk_…`: the same entry in two files is one." })
  id!: string;

  @Field(() => String, { description: "The account: an IBAN, or the bank's own number." })
  account!: string;

  @Field(() => String, { description: "The statement or notification that told of it first." })
  statement!: string;

  @Field(() => DateScalar, { description: "The day it was booked." })
  bookingDate!: string;

  @Field(() => DateScalar, { nullable: true, description: "The day the money counts from; null if not said." })
  valueDate!: string | null;

  @Field(() => MoneyType, { description: "Positive for money that came, negative for money that went." })
  amount!: Money;

  @Field(() => Boolean, { description: "True if it takes an earlier entry back." })
  reversal!: boolean;

  @Field(() => String, { description: "The bank's code of what it is, as given." })
  code!: string;

  @Field(() => String, { nullable: true, description: "The payer's own reference; null if not given." })
  endToEndId!: string | null;

  @Field(() => String, { description: "Text of the payment; empty if there is none." })
  remittance!: string;

  @Field(() => StructuredCommunication, { nullable: true, description: "A structured communication; null without." })
  structured!: StructuredCommunication | null;

  @Field(() => PosTotal, { nullable: true, description: "The terminal whose takings it is; null for other entries." })
  pos!: PosTotal | null;

  @Field(() => [BankEntryPart], { description: "The payments it sums up, where the bank lists them." })
  parts!: readonly BankEntryPart[];

  @Field(() => String, { nullable: true, description: "Name of the file; null if the file is not yours to see." })
  fileName!: string | null;

  @Field(() => BigIntScalar, { description: "Line of the file it was read from, counted from 1." })
  lineNumber!: bigint;
}

@Output("BankEntryConnection", "A page of bank entries, the latest booking first.")
export class BankEntryConnection extends connectionOf("BankEntry", BankEntry) {}
