import type { SqlInvariant } from "./invariant.ts";

/** Active claims with their line, what they take of it, and the currency they are matched by. */
const CLAIMED = `
  select c.merchant_id, c.id as claim_id, c.transaction_id, c.effect, c.method, l.*,
    coalesce(c.match_minor, abs(coalesce(l.processing_minor, l.gross_minor))) as match_minor,
    coalesce(c.fee_minor, l.line_fee) as fee_minor, coalesce(c.net_minor, l.line_net) as net_minor,
    coalesce(l.processing_currency, l.currency) as match_currency
  from reconciliation.claim c
  join (select merchant_id as line_merchant, id as line_id, family, provider, kind, currency, gross_minor,
    fee_minor as line_fee, net_minor as line_net, processing_minor, processing_currency from reconciliation.settlement_line) l
    on l.line_merchant = c.merchant_id and l.line_id = c.line_id
  where c.released_at is null`;

export const MONEY: readonly SqlInvariant[] = [
  {
    name: "I05",
    severity: "P0",
    sentence: "The lines claimed for a transaction never exceed what it is about, unless a person forced it.",
    sql: `
      select t.merchant_id || ' ' || t.id as key,
        format('%s claims of %s for an amount of %s %s', c.effect, c.claimed, t.amount_minor, t.currency) as detail
      from (select merchant_id, transaction_id, effect, sum(match_minor) as claimed,
        bool_or(method = 'FORCED') as forced from (${CLAIMED}) d group by 1, 2, 3) c
      join transactions.transaction t on t.merchant_id = c.merchant_id and t.id = c.transaction_id
      where c.claimed > greatest(t.amount_minor, t.captured_minor) and not c.forced`,
  },
  {
    name: "I06",
    severity: "P0",
    sentence: "What payouts take of a bank entry is the whole of it, and of a payout, with its difference, the payout.",
    sql: `
      select merchant_id || ' ' || bank_entry_id as key, format('the bank booked %s, its payouts take %s', amount_minor, taken) as detail
      from (
        select e.merchant_id, c.bank_entry_id, e.amount_minor, sum(c.allocated_minor) as taken,
          bool_and(p.currency = e.currency) as alike
        from reconciliation.payout_credit c
        join reconciliation.bank_entry e on e.merchant_id = c.merchant_id and e.id = c.bank_entry_id
        join reconciliation.payout p on p.merchant_id = c.merchant_id and p.id = c.payout_id
        where c.released_at is null
        group by e.merchant_id, c.bank_entry_id, e.amount_minor
      ) e where amount_minor <> taken or not alike
      union all
      select merchant_id || ' ' || id, format('a payout of %s, its entries say %s, %s', amount_minor, taken, lower(way))
      from (
        select p.merchant_id, p.id, p.amount_minor, c.way, sum(c.allocated_minor - c.difference_minor) as taken
        from reconciliation.payout_credit c
        join reconciliation.payout p on p.merchant_id = c.merchant_id and p.id = c.payout_id
        where c.released_at is null
        group by p.merchant_id, p.id, p.amount_minor, c.way
      ) p where taken <> case way when 'PAID' then amount_minor else -amount_minor end`,
  },
  {
    name: "I07",
    severity: "P0",
    sentence:
      "A transaction's settled fee and net are the sums of the lines claimed for it; without any they are unknown.",
    sql: `
      select t.merchant_id || ' ' || t.id as key,
        format('fee %s and net %s, the lines say %s and %s', t.settled_fee_minor, t.settled_net_minor, c.fee, c.net) as detail
      from transactions.transaction t
      left join (
        select merchant_id, transaction_id, sum(fee_minor) as fee, sum(net_minor) as net, min(currency) as currency,
          max(currency) as other
        from (${CLAIMED}) d group by 1, 2
      ) c on c.merchant_id = t.merchant_id and c.transaction_id = t.id
      where t.superseded_by is null
        and ((t.settled_fee_minor, t.settled_net_minor, t.settled_currency) is distinct from (c.fee, c.net, c.currency)
          or c.currency <> c.other)`,
  },
  {
    name: "LINE_SHARES",
    severity: "P0",
    sentence: "What several claims take of one line is never more than the line, and each of them says what it takes.",
    sql: `
      select merchant_id || ' ' || line_id as key,
        format('%s claims take %s, fee %s and net %s of %s, %s and %s', count(*), sum(match_minor), sum(fee_minor),
          sum(net_minor), max(line_minor), max(line_fee), max(line_net)) as detail
      from (
        select c.merchant_id, c.line_id, c.match_minor, c.fee_minor, c.net_minor, l.fee_minor as line_fee,
          l.net_minor as line_net, abs(coalesce(l.processing_minor, l.gross_minor)) as line_minor
        from reconciliation.claim c
        join reconciliation.settlement_line l on l.merchant_id = c.merchant_id and l.id = c.line_id
        where c.released_at is null
      ) taken
      group by merchant_id, line_id
      having sum(match_minor) > max(line_minor) or abs(sum(fee_minor)) > abs(max(line_fee))
        or abs(sum(net_minor)) > abs(max(line_net)) or count(*) > 1 and count(*) <> count(match_minor)`,
  },
  {
    name: "I08",
    severity: "P0",
    sentence: "A claimed line has its transaction's currency, provider and type, and the sign of its kind.",
    sql: `
      select c.merchant_id || ' ' || c.claim_id as key,
        format('%s line of %s %s at %s for a %s in %s at %s', c.kind, c.gross_minor, c.match_currency, c.provider, t.type,
          t.currency, t.provider) as detail
      from (${CLAIMED}) c
      join transactions.transaction t on t.merchant_id = c.merchant_id and t.id = c.transaction_id
      where c.match_currency <> t.currency or c.provider <> t.provider or c.family <> t.family
        or c.effect <> (case c.kind when 'SECOND_CHARGEBACK' then 'CHARGEBACK' when 'CAPTURE' then 'SALE' else c.kind end)
        or t.type <> (case c.effect when 'REFUND_REVERSAL' then 'REFUND' else c.effect end)
        or c.gross_minor < 0 and c.kind in ('SALE', 'CAPTURE', 'CHARGEBACK_REVERSAL', 'REFUND_REVERSAL')
        or c.gross_minor > 0 and c.kind in ('REFUND', 'CHARGEBACK', 'SECOND_CHARGEBACK', 'CREDIT')`,
  },
  {
    name: "I09",
    severity: "P0",
    sentence: "Gross plus fee is net on every line and every batch.",
    sql: `
      select merchant_id || ' ' || id as key, format('%s + %s <> %s', gross_minor, fee_minor, net_minor) as detail
      from reconciliation.settlement_line
      where gross_minor + fee_minor <> net_minor or fee_minor <> coalesce(interchange_minor, 0)
        + coalesce(scheme_fee_minor, 0) + coalesce(markup_minor, 0) + coalesce(commission_minor, 0) + coalesce(tax_minor, 0)
      union all
      select merchant_id || ' ' || id, format('%s + %s <> %s', gross_minor, fee_minor, net_minor)
      from reconciliation.settlement_batch where gross_minor + fee_minor <> net_minor`,
  },
  {
    name: "BATCH_SUMS",
    severity: "P0",
    sentence: "A batch is the sum of its lines, the payout itself aside.",
    sql: `
      select b.merchant_id || ' ' || b.id as key,
        format('%s lines of %s net, its own say %s of %s', b.line_count, b.net_minor, l.lines, l.net) as detail
      from reconciliation.settlement_batch b
      left join lateral (
        select count(*) as lines, coalesce(sum(gross_minor), 0) as gross, coalesce(sum(fee_minor), 0) as fee,
          coalesce(sum(net_minor), 0) as net
        from reconciliation.settlement_line
        where merchant_id = b.merchant_id and batch_id = b.id and kind <> 'PAYOUT' and currency = b.currency
      ) l on true
      where (b.line_count, b.gross_minor, b.fee_minor, b.net_minor) is distinct from (l.lines, l.gross, l.fee, l.net)`,
  },
  {
    name: "PAYOUT_SUMS",
    severity: "P0",
    sentence: "A payout is what its own line says, or the sum of the lines that name it.",
    sql: `
      select p.merchant_id || ' ' || p.id as key, format('%s, its lines say %s', p.amount_minor, l.amount) as detail
      from reconciliation.payout p
      left join (
        select merchant_id, payout_id, coalesce(-sum(net_minor) filter (where kind = 'PAYOUT'), sum(net_minor)) as amount
        from reconciliation.settlement_line where payout_id is not null group by 1, 2
      ) l on l.merchant_id = p.merchant_id and l.payout_id = p.id
      where p.amount_minor is distinct from l.amount`,
  },
  {
    name: "I25",
    severity: "P1",
    sentence: "No more than 120 % of a payment was refunded.",
    sql: `
      select merchant_id || ' ' || id as key, format('%s refunded of %s', refunded_minor, captured_minor) as detail
      from transactions.transaction
      where type = 'SALE' and base_status = 'SUCCESS' and superseded_by is null
        and refunded_minor * 100 > captured_minor * 120`,
  },
  {
    name: "RETURNED_SUMS",
    severity: "P0",
    sentence: "What a sale says was refunded and charged back is what its refunds and chargebacks add up to.",
    sql: `
      select t.merchant_id || ' ' || t.id as key, format('%s refunded and %s charged back, its children say %s and %s',
        t.refunded_minor, t.charged_back_minor, coalesce(c.refunded, 0), coalesce(c.charged_back, 0)) as detail
      from transactions.transaction t
      left join (
        select merchant_id, original_id, currency,
          sum(case type when 'REFUND' then amount_minor else 0 end) as refunded,
          sum(case type when 'CHARGEBACK' then amount_minor when 'CHARGEBACK_REVERSAL' then -amount_minor else 0 end)
            as charged_back
        from transactions.transaction
        where original_id is not null and base_status = 'SUCCESS' and superseded_by is null
        group by merchant_id, original_id, currency
      ) c on c.merchant_id = t.merchant_id and c.original_id = t.id and c.currency = t.currency
      where t.superseded_by is null
        and (t.refunded_minor, t.charged_back_minor) <> (coalesce(c.refunded, 0), coalesce(c.charged_back, 0))`,
  },
];
