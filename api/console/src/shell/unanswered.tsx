/** Said on every page: that the server is gone, and that something was asked of it which it did not do. */
import type { CombinedError, OperationResult } from "@urql/core";
import { useState } from "preact/hooks";

import { SignedOut, isSignedOut, reasonOf } from "../parts/asked";
import { words } from "../words";

export interface Failures {
  readonly isGone: boolean;
  /** The last command that failed, until it is read. */
  readonly command: CombinedError | null;
  readonly told: (result: OperationResult) => void;
  readonly read: () => void;
}

/** What went wrong with the server so far. */
export function useFailures(): Failures {
  const [isGone, setGone] = useState(false);
  const [command, setCommand] = useState<CombinedError | null>(null);
  const told = ({ error, operation }: OperationResult) => {
    setGone(error?.networkError !== undefined && error.response === undefined);
    if (operation.kind === "mutation") setCommand(error ?? null);
  };
  return { isGone, command, told, read: () => setCommand(null) };
}

export function Unanswered({ isGone, command, read }: Failures) {
  if (!isGone && command === null) return null;
  return (
    <div class="unanswered" role="alert">
      {isGone && <p class="remark">{words.states.gone}</p>}
      {command !== null && (isSignedOut(command) ? <SignedOut /> : <NotDone command={command} read={read} />)}
    </div>
  );
}

function NotDone({ command, read }: { command: CombinedError; read: () => void }) {
  const said = command.networkError === undefined ? words.states.notDone : words.states.perhapsDone;
  return (
    <div class="failed">
      <p>{said(reasonOf(command))}</p>
      <button type="button" onClick={read}>{words.states.understood}</button>
    </div>
  );
}
