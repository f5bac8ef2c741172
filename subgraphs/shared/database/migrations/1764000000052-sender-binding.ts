import type { MigrationInterface, QueryRunner } from "typeorm";

/**
 * A machine may be held to some accounts of its provider; null for all that are mapped to the merchant. Webhooks are the
 * platform's rows, and those about an account that is mapped to a merchant may be seen by it.
 */
export class SenderBinding1764000000052 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      alter table accounts.membership
        add column accounts text[],
        add constraint membership_accounts_of_provider check (accounts is null or provider is not null);
      alter table reconciliation.source_file
        add column only_accounts text[],
        add constraint source_file_accounts_of_provider check (only_accounts is null or only_provider is not null);
      create policy own_accounts on delivery.webhook for select to concord_app using (exists (
        select from accounts.provider_account a
        where a.provider = webhook.provider and a.account = webhook.account
          and a.merchant_id = any ((select concord.merchants())::text[])));
      create index webhook_account on delivery.webhook (provider, account, received_at desc);
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      drop index delivery.webhook_account;
      drop policy own_accounts on delivery.webhook;
      alter table reconciliation.source_file drop constraint source_file_accounts_of_provider, drop column only_accounts;
      alter table accounts.membership drop constraint membership_accounts_of_provider, drop column accounts;
    `);
  }
}
