/** The one way to the server: the public GraphQL API, with answers kept until something that they show changes. */
import { Client, cacheExchange, fetchExchange, mapExchange, subscriptionExchange, type OperationResult } from "@urql/core";
import { useMutation as useUrqlMutation, useQuery as useUrqlQuery, useSubscription as useUrqlSubscription } from "@urql/preact";
import type { AnyVariables, UseMutationState, UseQueryResponse } from "@urql/preact";
import { createClient as createStream } from "graphql-sse";
import { useEffect, useRef } from "preact/hooks";

import type { TypedDocumentString } from "../document";
import { token } from "./session";

/** What a request carries so that the server knows who asks. */
export function authorization(): Record<string, string> {
  const current = token();
  return current === null ? {} : { Authorization: `Bearer ${current}` };
}

/** Hears `returned` when news come again after a time without them: what is shown until then may be old. */
const connection = new EventTarget();
const LONGEST_REST_MS = 15_000;

/** Twice as long with each try, up to the longest. */
function rest(tries: number): Promise<void> {
  return new Promise((done) => setTimeout(done, Math.min(LONGEST_REST_MS, 1000 * 2 ** tries)));
}

/**
 * A client for the token of the moment; a new one is made at each sign-in, so that nobody sees another's answers.
 *
 * `told` hears every answer, also one that is a failure.
 */
export function makeClient(told: (result: OperationResult) => void): Client {
  const stream = createStream({
    url: "/graphql",
    headers: authorization,
    retryAttempts: Infinity,
    retry: rest,
    on: { connected: (isAgain) => isAgain && connection.dispatchEvent(new Event("returned")) },
  });
  return new Client({
    url: "/graphql",
    preferGetMethod: false,
    fetchOptions: () => ({ headers: authorization() }),
    exchanges: [
      mapExchange({ onResult: told }),
      cacheExchange,
      fetchExchange,
      subscriptionExchange({
        forwardSubscription: ({ query, variables }) => ({
          subscribe: (sink) => ({
            unsubscribe: stream.subscribe({ query: query ?? "", variables: variables ?? {} }, sink as never),
          }),
        }),
      }),
    ],
  });
}

/** Ask, and ask again when a change made here touches what is shown. */
export function useQuery<Result, Variables>(
  document: TypedDocumentString<Result, Variables>,
  variables: Variables,
  pause = false,
): UseQueryResponse<Result, AnyVariables> {
  return useUrqlQuery<Result>({
    query: document.toString(),
    variables: variables as AnyVariables,
    pause,
    requestPolicy: "cache-and-network",
  });
}

/** Ask once, outside of what a page shows; a refusal is thrown with the server's words. */
export async function ask<Result, Variables>(document: TypedDocumentString<Result, Variables>, variables: Variables): Promise<Result> {
  const body = JSON.stringify({ query: document.toString(), variables });
  const answer = await fetch("/graphql", { method: "POST", body, headers: { ...authorization(), "Content-Type": "application/json", Accept: "application/json" } });
  const { data, errors } = (await answer.json()) as { data?: Result; errors?: readonly { message: string }[] };
  if (errors !== undefined || data == null) throw new Error(errors?.[0]?.message ?? answer.statusText);
  return data;
}

export type Change<Result, Variables> = (variables: Variables) => Promise<Result | undefined>;

/** A command, and the state of the last time that it was given. */
export function useMutation<Result, Variables>(
  document: TypedDocumentString<Result, Variables>,
): [UseMutationState<Result>, Change<Result, Variables>] {
  const [state, execute] = useUrqlMutation<Result>(document.toString());
  return [state, async (variables) => (await execute(variables as AnyVariables)).data];
}

/** Hear that something changed, or may have while no news came. */
export function useSubscription<Result, Variables>(document: TypedDocumentString<Result, Variables>, variables: Variables, heard: () => void): void {
  const latest = useRef(heard);
  latest.current = heard;
  useUrqlSubscription<Result>({ query: document.toString(), variables: variables as AnyVariables }, (_, news) => {
    latest.current();
    return news;
  });
  useEffect(() => {
    const again = () => latest.current();
    connection.addEventListener("returned", again);
    return () => connection.removeEventListener("returned", again);
  }, []);
}
