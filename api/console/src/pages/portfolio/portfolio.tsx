/** The dashboards: where customers stand, how they move, how well they do, and what is late. */
import { useRoute } from "preact-iso";

import { useChoices, type Choices } from "../../parts/address";
import { useLoaded } from "../../parts/loaded";
import { words } from "../../words";
import { Distribution } from "./figures/distribution";
import { HealthFigure } from "./figures/health";
import { PaceFigure } from "./figures/pace";
import { TimeFigure } from "./figures/time";
import { ScopeFilters } from "./filters";
import { Headline } from "./headline";
import { WithJourneys, stagesOf, useJourneys } from "./journeys";
import { Live, useNear } from "./report";
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
        {params.stage === undefined ? <Overview choices={choices} choose={choose} /> : <Board stage={params.stage} choices={choices} choose={choose} />}
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
        <WhenNear choices={choices} choose={choose} />
      </div>
    </>
  );
}

function Board({ stage, choices, choose }: { stage: string; choices: Choices; choose: (name: string, value: string) => void }) {
  const StageBoard = useLoaded(() => import("./board"), true);
  return StageBoard === null ? null : <StageBoard key={stage} stage={stage} choices={choices} choose={choose} />;
}

function WhenNear({ choices, choose }: { choices: Choices; choose: (name: string, value: string) => void }) {
  const [place, isNear] = useNear("25%");
  const Further = useLoaded(() => import("./further"), isNear);
  return Further === null ? <div ref={place} class="place wide ahead" /> : <Further choices={choices} choose={choose} />;
}
