/** GraphiQL opens with it, and the portal shows it: all three families in one list, each with what only it knows. */
export const SAMPLE_QUERY = `query LatestTransactions {
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
`;
