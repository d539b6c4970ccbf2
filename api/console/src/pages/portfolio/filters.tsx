/** What to choose accounts by. */
import { PortfolioSegmentsDocument, type Band, type PortfolioSegmentsQuery } from "../../generated/operations";
import { Choice, type Option } from "../../parts/choice";
import type { Choices } from "../../parts/address";
import { useQuery } from "../../shell/client";
import { words } from "../../words";

type Segment = PortfolioSegmentsQuery["segments"][number];

const BANDS: Band[] = ["HEALTHY", "NEUTRAL", "AT_RISK"];

export function Filters({ choices, choose }: { choices: Choices; choose: (name: string, value: string) => void }) {
  const [{ data }] = useQuery(PortfolioSegmentsDocument, {});
  const segments = data?.segments ?? [];
  return (
    <form class="filters" role="search" aria-label={words.portfolio.filters} onSubmit={(event) => event.preventDefault()}>
      <label>
        {words.portfolio.search}
        <input
          type="search"
          placeholder={words.portfolio.searchHint}
          value={choices.search ?? ""}
          onChange={(event) => choose("search", event.currentTarget.value)}
        />
      </label>
      <Choice name="segment" title={words.portfolio.segment} options={segments.map((each) => [each.key, each.title])} {...{ choices, choose }} />
      <Choice name="stage" title={words.portfolio.stage} options={stagesOf(segments, choices.segment)} {...{ choices, choose }} />
      <Choice name="band" title={words.portfolio.band} options={BANDS.map((band) => [band, words.bands[band]])} {...{ choices, choose }} />
    </form>
  );
}

/** The stages of one segment, or of all, each key once. */
function stagesOf(segments: readonly Segment[], chosen: string | undefined): Option[] {
  const stages = segments.filter((each) => !chosen || each.key === chosen).flatMap((each) => each.machine.stages);
  return [...new Map(stages.map((stage) => [stage.key, stage.title] as const))];
}
