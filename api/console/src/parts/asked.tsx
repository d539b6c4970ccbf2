/** What stands in for an answer that is not there: on its way, refused or failed. */
import type { CombinedError } from "@urql/core";
import type { ComponentChildren } from "preact";
import { useRef } from "preact/hooks";

import { signOut } from "../shell/session";
import { words } from "../words";

interface State<Data> {
  data?: Data | undefined;
  error?: CombinedError | undefined;
  fetching: boolean;
  operation?: { readonly key: number } | undefined;
}

/** Show `children` with the answer; until then say what is going on. An older answer stays while a newer is fetched, and beside a failure to fetch it. */
export function Asked<Data>(props: { state: State<Data>; again: () => void; children: (data: Data) => ComponentChildren }) {
  const { state, again, children } = props;
  const known = useKnown(state);
  const failure = state.error === undefined ? null : <Failed error={state.error} again={again} />;
  if (known === undefined) return failure ?? <p class="waiting" role="status">{words.states.loading}</p>;
  return (
    <>
      {failure}
      <div aria-busy={state.fetching}>{children(known)}</div>
    </>
  );
}

/** The newest answer to the question that is asked; a failure does not take it away. */
function useKnown<Data>(state: State<Data>): Data | undefined {
  const known = useRef<{ question: number | undefined; data: Data } | null>(null);
  const question = state.operation?.key;
  if (state.error === undefined) {
    if (state.data !== undefined) known.current = { question, data: state.data };
    return state.data;
  }
  return known.current?.question === question ? known.current?.data : undefined;
}

/** Why there was no answer, in the server's words where it spoke. */
export function reasonOf(error: CombinedError): string {
  return error.graphQLErrors[0]?.message ?? error.networkError?.message ?? error.message;
}

/** Whether the server no longer takes the token. */
export function isSignedOut(error: CombinedError): boolean {
  return (error.response as Response | undefined)?.status === 401;
}

function Failed({ error, again }: { error: CombinedError; again: () => void }) {
  if (isSignedOut(error)) return <SignedOut />;
  return (
    <div class="failed" role="alert">
      <p>{words.states.failed(reasonOf(error))}</p>
      <button type="button" onClick={again}>{words.states.again}</button>
    </div>
  );
}

export function SignedOut() {
  const leave = () => {
    signOut();
    location.reload();
  };
  return (
    <div class="failed" role="alert">
      <p>{words.signIn.refused}</p>
      <button type="button" onClick={leave}>{words.signIn.title}</button>
    </div>
  );
}
