/** What the viewer may do: buttons that would only be refused are not offered. The server decides all the same. */
import { ViewerDocument } from "../generated/documents/viewer";
import type { Capability } from "../generated/operations";
import { useQuery } from "./client";

export function useMay(capability: Capability): boolean {
  const [{ data }] = useQuery(ViewerDocument, {});
  return data?.viewer.capabilities.includes(capability) ?? false;
}
