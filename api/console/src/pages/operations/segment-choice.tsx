/** Which accounts something is done to: those of all segments, or of one. */
import { OperatedSegmentsDocument } from "../../generated/documents/operations";
import { useQuery } from "../../shell/client";
import { words } from "../../words";

export function SegmentChoice({ segment, choose }: { segment: string; choose: (segment: string) => void }) {
  const [{ data }] = useQuery(OperatedSegmentsDocument, {});
  return (
    <label class="short">
      {words.portfolio.segment}{" "}
      <select value={segment} onChange={(event) => choose(event.currentTarget.value)}>
        <option value="">{words.portfolio.all}</option>
        {data?.segments.map((each) => <option key={each.key} value={each.key}>{each.title}</option>)}
      </select>
    </label>
  );
}

/** The segments that an input names: none for all. */
export const chosenSegments = (segment: string) => (segment === "" ? [] : [segment]);
