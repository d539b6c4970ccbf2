/** A component whose code is loaded once it is wanted; null until then. */
import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";

export function useLoaded<Props>(load: () => Promise<{ default: ComponentType<Props> }>, isWanted: boolean): ComponentType<Props> | null {
  const [found, setFound] = useState<{ default: ComponentType<Props> } | null>(null);
  useEffect(() => {
    if (isWanted && found === null) void load().then(setFound);
  }, [isWanted]);
  return found?.default ?? null;
}
