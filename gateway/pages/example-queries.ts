/** An operation that shows what the graph can be asked, known by the name that it has in its text. */
export type ExampleQuery = { readonly name: string; readonly query: string };

/** GraphiQL and the portal's page for developers begin with the first, and have the others at hand. */
export const EXAMPLE_QUERIES = [
  {
    name: "LatestTransactions",
    query: `query LatestTransactions {
  transactions(first: 10, orderBy: { field: OCCURRED_AT, direction: DESC }) {
    totalCount
    totals {
      currency
      gross { amountMinor }
      refunded { amountMinor }
      fees { amountMinor }
      net { amountMinor }
    }
    edges {
      node {
        __typename
        id
        provider
        status
        statusExplanation { sentence }
        occurredAt
        amount { amountMinor currency }
        location { name }
        reconciliationState
        settlement { kind gross { amountMinor } fee { amountMinor } net { amountMinor } fileName lineNumber }
        ... on CcvPayTransaction { method maskedPan payoutReference }
        ... on VoucherTransaction { issuer purse commission { amountMinor } }
        ... on AcquirerTransaction { arn interchange { amountMinor } schemeFee { amountMinor } }
      }
    }
    pageInfo { hasNextPage endCursor }
  }
}
`,
  },
  {
    name: "PayoutsExplained",
    query: `query PayoutsExplained {
  payouts(first: 3) {
    edges {
      node {
        provider
        reference
        valueDate
        status
        amount { amountMinor currency }
        parts { kind lineCount gross { amountMinor } fee { amountMinor } }
        residuals { type amount { amountMinor } }
        lines(first: 5) { edges { node { kind bookingDate gross { amountMinor } transaction { id status } } } }
        bankEntries { bookingDate amount { amountMinor } fileName lineNumber }
      }
    }
  }
}
`,
  },
  {
    name: "OpenDiscrepancies",
    query: `query OpenDiscrepancies {
  discrepancies(first: 10) {
    edges {
      node {
        type
        severity
        ageHours
        amountAtRisk { amountMinor currency }
        explanation
        transaction { id provider status amount { amountMinor currency } }
      }
    }
  }
}
`,
  },
  {
    name: "TurnoverByMethod",
    query: `query TurnoverByMethod {
  analysis(granularity: WEEK, groupBy: [METHOD]) {
    period {
      from
      to
      totals { currency count gross { amountMinor } fees { amountMinor } effectiveRate }
      series { keys { value } total { currency } points { count gross { amountMinor } } }
    }
  }
}
`,
  },
  {
    name: "WhatIsMissing",
    query: `query WhatIsMissing {
  fileCoverage {
    edges { node { provider account coveredUntil dueBy isSilent gaps { from to } } }
  }
  payoutForecast(days: 14) {
    day
    provider
    certain { amountMinor currency }
    expected { amountMinor }
  }
}
`,
  },
] as const satisfies readonly ExampleQuery[];
