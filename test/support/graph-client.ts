import { PATIENCE_MS } from "./until.ts";

type Body<Data> = {
  readonly data?: Data | null;
  readonly errors?: readonly GraphError[];
};

export type GraphError = {
  readonly message: string;
  readonly path?: readonly (string | number)[];
  readonly extensions: { readonly code: string };
};

/** A person in front of a running gateway. */
export type GraphClient = {
  readonly token: string;
  /** The whole answer, errors included. */
  readonly ask: <Data>(query: string, variables?: object) => Promise<Body<Data>>;
  /** The data of an answer that must be without errors. */
  readonly data: <Data>(query: string, variables?: object) => Promise<Data>;
};

/** Signs a demo user in at the development issuer. */
export async function signIn(gateway: string, user: string): Promise<GraphClient> {
  const { token } = (await post(`${gateway}/dev/token`, { user })) as { token: string };
  const ask = async <Data>(query: string, variables: object = {}) =>
    (await post(`${gateway}/graphql`, { query, variables }, token)) as Body<Data>;
  return {
    token,
    ask,
    data: async <Data>(query: string, variables?: object) => {
      const { data, errors } = await ask<Data>(query, variables);
      if (errors || !data) throw new Error(`the graph answered with errors: ${JSON.stringify(errors)}`);
      return data;
    },
  };
}

async function post(url: string, body: object, token?: string): Promise<unknown> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", ...(token && { authorization: `Bearer ${token}` }) },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(PATIENCE_MS),
  });
  return response.json();
}
