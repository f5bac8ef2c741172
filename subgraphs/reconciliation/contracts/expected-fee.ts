/**
 * A lateral join: what line `l` should cost (`x`), by the contract that was valid when it was booked and the rate that
 * names the most of it; no row where no contract or no rate is about it. All of it in integers: an amount in minor units
 * times parts per million is millionths of a minor unit. `booked_minor` is what the line books of what the rate covers,
 * and `passed_minor` what is passed through, both as costs.
 */
export const EXPECTED_FEE = `lateral (
    select f.*, r.parts_per_million, r.fixed, r.minimum, r.maximum, r.millionths,
      div(r.millionths + 500000, 1000000)::bigint as expected_minor,
      case f.model
        when 'BLENDED' then coalesce(l.tax_minor, 0) - l.fee_minor
        when 'VOUCHER_COMMISSION' then -coalesce(l.commission_minor, 0)
        else -coalesce(l.markup_minor, 0) - coalesce(l.commission_minor, 0) end as booked_minor,
      case f.model
        when 'INTERCHANGE_PLUS_PLUS' then -coalesce(l.interchange_minor, 0) - coalesce(l.scheme_fee_minor, 0)
        else 0 end as passed_minor
    from (
      select c.id as contract_id, c.version, c.content ->> 'model' as model, c.content ->> 'rounding' as rounding,
        (c.content ->> 'toleranceMinor')::bigint as tolerance_minor,
        (c.content ->> 'payoutMinimumMillionths')::numeric as payout_minimum, c.content -> 'rates' as rates
      from reconciliation.fee_contract c
      where c.merchant_id = l.merchant_id and c.provider = l.provider and c.account in (l.account, '')
        and c.currency = l.currency and l.booking_date >= c.valid_from
        and l.booking_date <= coalesce(c.valid_to, 'infinity')
      order by c.account = '', c.valid_from desc, c.version desc limit 1
    ) f
    cross join lateral (
      select s.*, least(greatest(abs(l.gross_minor) * s.parts_per_million + s.fixed, s.minimum),
        coalesce(s.maximum, 'infinity')) as millionths
      from (
        select (e.rate ->> 'partsPerMillion')::numeric as parts_per_million, (e.rate ->> 'fixedMillionths')::numeric as fixed,
          (e.rate ->> 'minimumMillionths')::numeric as minimum, (e.rate ->> 'maximumMillionths')::numeric as maximum
        from jsonb_array_elements(f.rates) with ordinality as e (rate, place)
        where e.rate -> 'kinds' @> to_jsonb(l.kind)
          and ${[
            ["method", "payment_method"],
            ["brand", "brand"],
            ["purse", "purse"],
            ["entryMode", "entry_mode"],
          ]
            .map(([selector, column]) => `(e.rate ->> '${selector}' is null or e.rate ->> '${selector}' = l.${column})`)
            .join(" and ")}
        order by (select count(*) from jsonb_object_keys(e.rate) k (key)
          where k.key in ('method', 'brand', 'purse', 'entryMode')) desc, e.place
        limit 1
      ) s
    ) r
  ) x`;
