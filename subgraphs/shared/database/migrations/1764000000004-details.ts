import type { MigrationInterface, QueryRunner } from "typeorm";
import { secured } from "./row-security.ts";

/** What only one family knows of a transaction, in that family's own schema. */
export class Details1764000000004 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table ccv_pay.detail (
        merchant_id text collate "C" not null,
        transaction_id text collate "C" not null,
        method text,
        failure_code text,
        acquirer text,
        acquirer_response_code text,
        masked_pan text,
        primary key (merchant_id, transaction_id)
      );
      create table e_vouchers.detail (
        merchant_id text collate "C" not null,
        transaction_id text collate "C" not null,
        issuer text not null,
        purse text not null,
        requested_minor bigint not null,
        masked_pan text,
        primary key (merchant_id, transaction_id)
      );
      create table acquirers.detail (
        merchant_id text collate "C" not null,
        transaction_id text collate "C" not null,
        acquirer text not null,
        scheme_transaction_id text,
        merchant_account text,
        masked_pan text,
        primary key (merchant_id, transaction_id)
      );
      ${["ccv_pay", "e_vouchers", "acquirers"].map((schema) => secured(`${schema}.detail`)).join("")}
      grant insert, update on ccv_pay.detail, e_vouchers.detail, acquirers.detail to concord_worker;
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query("drop table acquirers.detail, e_vouchers.detail, ccv_pay.detail");
  }
}
