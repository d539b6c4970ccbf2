/** Filters live in the address, so that a view can be sent to somebody else and the back button undoes a choice. */
import { useLocation } from "preact-iso";

export type Choices = Record<string, string>;

/** Change one choice; an empty one is removed, and a passing one leaves nothing behind for the back button. */
export type Choose = (name: string, value: string, isPassing?: boolean) => void;

/** The choices of the address, and a way to change one of them. */
export function useChoices(): [Choices, Choose] {
  const { path, query, route } = useLocation();
  const choose = (name: string, value: string, isPassing = false) => {
    const next = new URLSearchParams(query);
    if (value === "") next.delete(name);
    else next.set(name, value);
    const text = next.toString();
    route(text === "" ? path : `${path}?${text}`, isPassing);
  };
  return [query, choose];
}
