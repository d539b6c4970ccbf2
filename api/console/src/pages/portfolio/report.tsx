/** One report of a dashboard: asked for when it comes near the window, asked anew when history has grown. */
import type { ComponentChildren } from "preact";
import { createContext } from "preact";
import { useContext, useEffect, useRef, useState } from "preact/hooks";

import type { TypedDocumentString } from "../../document";
import { PortfolioChangedDocument } from "../../generated/documents/portfolio";
import { Asked } from "../../parts/asked";
import { useQuery, useSubscription } from "../../shell/client";
import { words } from "../../words";

/** After a change reports are asked for once it has settled, and at most so often however much happens. */
const SETTLE_MS = 1500;
const REST_MS = 15_000;
const Beat = createContext(0);

/** Count the times that history has grown, a burst as one. */
export function Live({ children }: { children: ComponentChildren }) {
  const [beat, setBeat] = useState(0);
  const waiting = useRef<ReturnType<typeof setTimeout> | null>(null);
  const last = useRef(0);
  useSubscription(PortfolioChangedDocument, {}, () => {
    waiting.current ??= setTimeout(() => {
      waiting.current = null;
      last.current = Date.now();
      setBeat((before) => before + 1);
    }, Math.max(SETTLE_MS, last.current + REST_MS - Date.now()));
  });
  return <Beat.Provider value={beat}>{children}</Beat.Provider>;
}

export function useReport<Result, Variables>(document: TypedDocumentString<Result, Variables>, variables: Variables, pause = false) {
  const beat = useContext(Beat);
  const [state, again] = useQuery(document, variables, pause);
  useEffect(() => {
    if (beat > 0 && !pause) again({ requestPolicy: "network-only" });
  }, [beat]);
  return [state, again] as const;
}

/** The place of a figure, and the figure once the reader comes near, or prints. */
export function Report<Result, Variables>(props: {
  title: string;
  document: TypedDocumentString<Result, Variables>;
  variables: Variables;
  isWide?: boolean;
  children: (answer: Result) => ComponentChildren;
}) {
  const [place, isNear] = useNear();
  const [state, again] = useReport(props.document, props.variables, !isNear);
  const size = props.isWide ? "place wide" : "place";
  const isShown = state.data !== undefined || state.error !== undefined;
  return (
    <div ref={place} class={size}>
      {isShown ? <Asked state={state} again={again}>{props.children}</Asked> : <Waiting title={props.title} />}
    </div>
  );
}

function Waiting({ title }: { title: string }) {
  return (
    <section class="figure waiting" aria-busy="true" aria-label={title}>
      <h2>{title}</h2>
      <p class="about">{words.states.loading}</p>
      <div class="bones" aria-hidden="true"><i /><i /><i /></div>
    </section>
  );
}

/** Whoever prints wants all of it, also what comes after. */
let isPrinted = false;
addEventListener("beforeprint", () => (isPrinted = true));

/** Whether an element has come near what is seen, by a share of the window's height; it stays so. */
export function useNear(margin = "100%") {
  const place = useRef<HTMLDivElement>(null);
  const [isNear, setNear] = useState(isPrinted);
  useEffect(() => {
    const near = () => setNear(true);
    // Print may have begun between the first drawing and now.
    if (isPrinted) near();
    const observer = new IntersectionObserver((entries) => entries.some((entry) => entry.isIntersecting) && near(), { rootMargin: `${margin} 0px` });
    if (place.current !== null) observer.observe(place.current);
    addEventListener("beforeprint", near);
    return () => {
      observer.disconnect();
      removeEventListener("beforeprint", near);
    };
  }, []);
  return [place, isNear] as const;
}
