/** Said on every page while the store takes no changes: who closed it, since when and why. */
import { useEffect } from "preact/hooks";

import { ClosedDocument } from "../generated/documents/viewer";
import { instant } from "../formats";
import { words } from "../words";
import { useQuery } from "./client";

/** Nobody tells when a store is closed, so it is looked at while the page is seen; more often while there is no answer. */
const LOOK_MS = { answered: 30_000, gone: 5_000 };

export function Closed() {
  const [{ data, error }, again] = useQuery(ClosedDocument, {});
  useEffect(() => {
    const look = () => document.visibilityState === "visible" && again({ requestPolicy: "network-only" });
    const timer = setInterval(look, LOOK_MS[error === undefined ? "answered" : "gone"]);
    addEventListener("visibilitychange", look);
    return () => {
      clearInterval(timer);
      removeEventListener("visibilitychange", look);
    };
  }, [error === undefined]);
  const closed = data?.operations.readOnly;
  return closed == null ? null : <p class="remark closed" role="alert">{words.operations.readOnly(closed.begunBy, instant(closed.since))} {closed.reason}</p>;
}
