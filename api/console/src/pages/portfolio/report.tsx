/** One report of a dashboard: asked for when it comes near the window, asked anew when history has grown. */
import type { ComponentChildren } from "preact";
import { createContext } from "preact";
import { useContext, useEffect, useRef, useState } from "preact/hooks";

import { PortfolioChangedDocument, type TypedDocumentString } from "../../generated/operations";
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

/** Whether an element has come within a window's height of what is seen; it stays so. */
function useNear() {
  const place = useRef<HTMLDivElement>(null);
  const [isNear, setNear] = useState(false);
  useEffect(() => {
    const near = () => setNear(true);
    const observer = new IntersectionObserver((entries) => entries.some((entry) => entry.isIntersecting) && near(), { rootMargin: "100% 0px" });
    if (place.current !== null) observer.observe(place.current);
    addEventListener("beforeprint", near);
    return () => {
      observer.disconnect();
      removeEventListener("beforeprint", near);
    };
  }, []);
  return [place, isNear] as const;
}
