/** What stands in for an answer that is not there: on its way, refused or failed. */
import type { CombinedError } from "@urql/core";
import type { ComponentChildren } from "preact";

import { signOut } from "../shell/session";
import { words } from "../words";

interface State<Data> {
  data?: Data | undefined;
  error?: CombinedError | undefined;
  fetching: boolean;
}

/** Show `children` with the answer; until then say what is going on. An older answer stays while a newer is fetched. */
export function Asked<Data>(props: { state: State<Data>; again: () => void; children: (data: Data) => ComponentChildren }) {
  const { state, again, children } = props;
  if (state.error !== undefined) return <Failed error={state.error} again={again} />;
  if (state.data === undefined) return <p class="waiting" role="status">{words.states.loading}</p>;
  return <div aria-busy={state.fetching}>{children(state.data)}</div>;
}

function Failed({ error, again }: { error: CombinedError; again: () => void }) {
  if ((error.response as Response | undefined)?.status === 401) return <SignedOut />;
  const reason = error.graphQLErrors[0]?.message ?? error.message;
  return (
    <div class="failed" role="alert">
      <p>{words.states.failed(reason)}</p>
      <button type="button" onClick={again}>{words.states.again}</button>
    </div>
  );
}

function SignedOut() {
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
