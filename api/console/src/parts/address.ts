/** Filters live in the address, so that a view can be sent to somebody else and the back button undoes a choice. */
import { useLocation } from "preact-iso";

export type Choices = Record<string, string>;

/** The choices of the address, and a way to change one of them; an empty choice is removed. */
export function useChoices(): [Choices, (name: string, value: string) => void] {
  const { path, query, route } = useLocation();
  const choose = (name: string, value: string) => {
    const next = new URLSearchParams(query);
    if (value === "") next.delete(name);
    else next.set(name, value);
    const text = next.toString();
    route(text === "" ? path : `${path}?${text}`);
  };
  return [query, choose];
}
