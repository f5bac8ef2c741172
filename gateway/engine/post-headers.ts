/** Of every call of a subgraph over HTTP. */
export const POST_HEADERS = {
  "content-type": "application/json",
  accept: "application/graphql-response+json, application/json",
};
