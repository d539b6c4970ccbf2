/** A button that fetches a file, hands it to the reader, and says what became of it. */
import { useState } from "preact/hooks";

import { save } from "./csv";
import { words } from "../words";

export interface Taken {
  readonly format: string;
  readonly file: string;
}

/** `fetch` gives null where there is no such file yet. */
export function Taking(props: { title: string; name: string; fetch: () => Promise<Taken | null>; isSmall?: boolean }) {
  const [told, setTold] = useState("");
  const take = async () => {
    try {
      const taken = await props.fetch();
      if (taken === null) return setTold(words.audit.proof.none);
      save(props.name, taken.file, "text/plain;charset=utf-8");
      setTold(words.audit.proof.saved(taken.format));
    } catch (error) {
      setTold(String((error as Error).message));
    }
  };
  return (
    <>
      <button type="button" class={props.isSmall ? "tool" : ""} onClick={() => void take()}>{props.title}</button> <span role="status" class="hint">{told}</span>
    </>
  );
}
