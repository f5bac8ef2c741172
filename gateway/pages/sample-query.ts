/** The first thing a newcomer runs. */
export const SAMPLE_QUERY = `query LatestTransactions {
  transactions(first: 10) {
    edges {
      node {
        id
        provider
        status
        occurredAt
        amount {
          amountMinor
          currency
        }
      }
    }
    totalCount
  }
}
`;
