import { formatDecimal } from "../../subgraphs/shared/money.ts";

/** A statement of one account over some days, as a Belgian bank writes camt.053.001.08; amounts in cents, dates YYYY-MM-DD. */
export type StatementFacts = {
  readonly iban: string;
  readonly owner: string;
  readonly number: number;
  readonly from: string;
  readonly to: string;
  readonly openingMinor: bigint;
  readonly closingMinor: bigint;
};

export type EntryFacts = {
  readonly reference: string;
  readonly bookedOn: string;
  /** Negative for money that left the account. */
  readonly amountMinor: bigint;
  readonly counterparty: string;
  readonly remittance: string;
};

export function statementHead({ iban, owner, number, from, to, openingMinor, closingMinor }: StatementFacts) {
  const written = `${to}T23:30:00+01:00`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt>',
    `<GrpHdr><MsgId>${iban}-${number}</MsgId><CreDtTm>${written}</CreDtTm></GrpHdr>`,
    `<Stmt><Id>${to.slice(0, 4)}-${number}</Id><ElctrncSeqNb>${number}</ElctrncSeqNb><CreDtTm>${written}</CreDtTm>`,
    `<FrToDt><FrDtTm>${from}T00:00:00+01:00</FrDtTm><ToDtTm>${written}</ToDtTm></FrToDt>`,
    `<Acct><Id><IBAN>${iban}</IBAN></Id><Ccy>EUR</Ccy><Ownr><Nm>${owner}</Nm></Ownr></Acct>`,
    balance("OPBD", openingMinor, from),
    balance("CLBD", closingMinor, to),
  ];
}

export function statementEntry({ reference, bookedOn, amountMinor, counterparty, remittance }: EntryFacts): string {
  const isCredit = amountMinor >= 0n;
  const party = `<${isCredit ? "Dbtr" : "Cdtr"}><Pty><Nm>${counterparty}</Nm></Pty></${isCredit ? "Dbtr" : "Cdtr"}>`;
  return [
    `<Ntry><NtryRef>${reference}</NtryRef>${signed(amountMinor)}<Sts><Cd>BOOK</Cd></Sts>`,
    `<BookgDt><Dt>${bookedOn}</Dt></BookgDt><ValDt><Dt>${bookedOn}</Dt></ValDt><AcctSvcrRef>${reference}</AcctSvcrRef>`,
    `<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>RCDT</Cd><SubFmlyCd>ESCT</SubFmlyCd></Fmly></Domn></BkTxCd>`,
    `<NtryDtls><TxDtls><Refs><EndToEndId>NOTPROVIDED</EndToEndId></Refs><RltdPties>${party}</RltdPties>`,
    `<RmtInf><Ustrd>${remittance}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>`,
  ].join("");
}

export const STATEMENT_END = "</Stmt></BkToCstmrStmt></Document>";

function balance(code: "OPBD" | "CLBD", amountMinor: bigint, day: string): string {
  const type = `<Tp><CdOrPrtry><Cd>${code}</Cd></CdOrPrtry></Tp>`;
  return `<Bal>${type}${signed(amountMinor)}<Dt><Dt>${day}</Dt></Dt></Bal>`;
}

function signed(amountMinor: bigint): string {
  const amount = formatDecimal({ amountMinor: amountMinor < 0n ? -amountMinor : amountMinor, currency: "EUR" });
  return `<Amt Ccy="EUR">${amount}</Amt><CdtDbtInd>${amountMinor < 0n ? "DBIT" : "CRDT"}</CdtDbtInd>`;
}
