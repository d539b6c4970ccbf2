/** The dashboards: where customers stand, how they move, how well they do, and what is late. */
import { useRoute } from "preact-iso";

import { useChoices, type Choices } from "../../parts/address";
import { words } from "../../words";
import { StageBoard } from "./board";
import { ComplianceFigure } from "./figures/compliance";
import { CoverageFigure } from "./figures/coverage";
import { CtaFigure } from "./figures/ctas";
import { Distribution } from "./figures/distribution";
import { GapsFigure } from "./figures/gaps";
import { HealthFigure } from "./figures/health";
import { HealthyMoves, MovesFigure } from "./figures/moves";
import { PaceFigure } from "./figures/pace";
import { RenewalsFigure } from "./figures/renewals";
import { TimeFigure } from "./figures/time";
import { ScopeFilters } from "./filters";
import { Headline } from "./headline";
import { WithJourneys, stagesOf, useJourneys } from "./journeys";
import { Live } from "./report";
import { addressOf, scopeOf } from "./scope";

export default function Portfolio() {
  const { params } = useRoute();
  const [choices, choose] = useChoices();
  return (
    <WithJourneys>
      <Live>
        <div class="page-head">
          <h1>{words.portfolio.title}</h1>
          <ScopeFilters choices={choices} choose={choose} />
        </div>
        <Boards choices={choices} stage={params.stage} />
        {scopeOf(choices).asOf !== null && <p class="remark" role="note">{words.portfolio.dated}</p>}
        {params.stage === undefined ? <Overview choices={choices} choose={choose} /> : <StageBoard key={params.stage} stage={params.stage} choices={choices} choose={choose} />}
      </Live>
    </WithJourneys>
  );
}

/** One way to each board: all stages together, and each stage on its own. */
function Boards({ choices, stage }: { choices: Choices; stage: string | undefined }) {
  const stages = stagesOf(useJourneys(), choices.segment);
  return (
    <nav class="boards" aria-label={words.portfolio.boards}>
      <a href={addressOf("/", choices)} aria-current={stage === undefined ? "page" : undefined}>{words.portfolio.overview}</a>
      {stages.map((each) => (
        <a key={each.key} href={addressOf(`/stages/${encodeURIComponent(each.key)}`, choices)} aria-current={stage === each.key ? "page" : undefined}>{each.title}</a>
      ))}
    </nav>
  );
}

function Overview({ choices, choose }: { choices: Choices; choose: (name: string, value: string) => void }) {
  return (
    <>
      <Headline choices={choices} />
      <div class="figures-grid">
        <Distribution choices={choices} />
        <HealthFigure choices={choices} />
        <PaceFigure choices={choices} />
        <TimeFigure choices={choices} />
        <MovesFigure choices={choices} />
        <ComplianceFigure choices={choices} choose={choose} />
        <RenewalsFigure choices={choices} />
        <HealthyMoves choices={choices} />
        <CtaFigure choices={choices} />
        <GapsFigure choices={choices} />
        <CoverageFigure choices={choices} />
      </div>
    </>
  );
}
