/** A draft of definitions: kept in the tab until it is thrown away, so that a reload loses nothing. */
import { useEffect, useState } from "preact/hooks";

import type { Files } from "../../editor/names";

const KEY = "lifecycle.draft";

export interface Draft {
  /** The draft's files; null until what is published is known. */
  readonly files: Files | null;
  readonly isChanged: boolean;
  readonly change: (name: string, content: string) => void;
  readonly discard: () => void;
}

/** The draft of this tab, beginning with what is published. */
export function useDraft(published: Files | null): Draft {
  const [kept, setKept] = useState<Files | null>(read);
  useEffect(() => {
    if (kept === null) sessionStorage.removeItem(KEY);
    else sessionStorage.setItem(KEY, JSON.stringify(kept));
  }, [kept]);
  const files = kept ?? published;
  return {
    files,
    isChanged: kept !== null && published !== null && Object.keys({ ...kept, ...published }).some((name) => kept[name] !== published[name]),
    change: (name, content) => setKept({ ...(files ?? {}), [name]: content }),
    discard: () => setKept(null),
  };
}

function read(): Files | null {
  const text = sessionStorage.getItem(KEY);
  return text === null ? null : (JSON.parse(text) as Files);
}
