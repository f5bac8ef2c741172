import { acquirers } from "../subgraphs/acquirers/normalise.ts";
import { ccvPay } from "../subgraphs/ccv-pay/normalise.ts";
import { eVouchers } from "../subgraphs/e-vouchers/normalise.ts";
import type { FamilyModules } from "../subgraphs/shared/family-module.ts";

/** What the command line hands to an import; the threads that read its files load this module. */
export const families: FamilyModules = { CCV_PAY: ccvPay, E_VOUCHER: eVouchers, ACQUIRER: acquirers };
