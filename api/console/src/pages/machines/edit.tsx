/** Edit definitions: the files of the folder, mistakes as they are made, and a plan of what the change would do. */
import { lazy, useLocation } from "preact-iso";
import { useEffect, useMemo, useState } from "preact/hooks";

import { CheckDocument, MakePlanDocument, PublishedDocument } from "../../generated/documents/machines";
import type { CheckQuery, ExistingAccounts } from "../../generated/operations";
import type { Files } from "../../editor/names";
import type { Goal } from "../../editor/yaml-editor";
import { Asked } from "../../parts/asked";
import { useMutation, useQuery } from "../../shell/client";
import { words } from "../../words";
import { Mistakes } from "./mistakes";
import { useDraft } from "./draft";
import { EMPTY_FOLDER, NewSegment } from "./new-segment";

const YamlEditor = lazy(() => import("../../editor/yaml-editor"));
const PAUSE_MS = 400;
const text = words.machines;

type Check = CheckQuery["checkConfiguration"];

export default function Edit() {
  const [state, again] = useQuery(PublishedDocument, {});
  return (
    <>
      <h1>{text.edit}</h1>
      <Asked state={state} again={again}>
        {({ publishedConfiguration }) => (
          <Folder published={publishedConfiguration.length === 0 ? EMPTY_FOLDER : Object.fromEntries(publishedConfiguration.map((file) => [file.name, file.content]))} />
        )}
      </Asked>
    </>
  );
}

function Folder({ published }: { published: Files }) {
  const { path, query, route } = useLocation();
  const draft = useDraft(published);
  const files = draft.files ?? published;
  const names = Object.keys(files);
  const name = query.file !== undefined && names.includes(query.file) ? query.file : (names[0] ?? "catalog.yaml");
  const check = useCheck(files);
  const [goal, setGoal] = useState<Goal | null>(null);
  const lead = (place: Goal) => {
    if (place.file !== name) route(`${path}?file=${place.file}`);
    setGoal({ ...place });
  };
  const mistakes = (check?.diagnostics ?? []).filter((each) => each.place.file === name);
  return (
    <>
      <div class="tabs" role="tablist" aria-label={text.files}>
        {names.map((each) => (
          <button key={each} type="button" role="tab" aria-selected={each === name} onClick={() => route(`${path}?file=${each}`)}>
            {each}
            {files[each] !== published[each] && ` ${text.changed}`}
          </button>
        ))}
      </div>
      <YamlEditor label={name} name={name} files={files} mistakes={mistakes} goal={goal} changed={(content: string) => draft.change(name, content)} />
      <p class="hint">{text.keys}</p>
      <NewSegment taken={names} begin={(file, content) => { draft.change(file, content); route(`${path}?file=${file}`); }} />
      <Mistakes check={check} open={lead} />
      <Planning files={files} check={check} isChanged={draft.isChanged} discard={draft.discard} />
    </>
  );
}

/** What the server says of the draft, a moment after the last stroke; null until it has spoken of this text. */
function useCheck(files: Files): Check | null {
  const [settled, setSettled] = useState(files);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(files), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [files]);
  const variables = useMemo(() => ({ files: asList(settled) }), [settled]);
  const [{ data, stale }] = useQuery(CheckDocument, variables);
  return data == null || (stale && settled !== files) ? null : data.checkConfiguration;
}

function Planning(props: { files: Files; check: Check | null; isChanged: boolean; discard: () => void }) {
  const { route } = useLocation();
  const [existing, setExisting] = useState<ExistingAccounts>("EVALUATE");
  const [state, makePlan] = useMutation(MakePlanDocument);
  const plan = async () => {
    const outcome = (await makePlan({ input: { files: asList(props.files), existing, effects: false } }))?.planConfiguration;
    if (outcome?.__typename === "ConfigurationPlanned") route(`/plans/${encodeURIComponent(outcome.plan.id)}`);
  };
  const outcome = state.data?.planConfiguration;
  return (
    <form class="filters" onSubmit={(event) => { event.preventDefault(); void plan(); }}>
      <label>
        {text.existing}
        <select value={existing} onChange={(event) => setExisting(event.currentTarget.value as ExistingAccounts)}>
          <option value="EVALUATE">{text.existingChoices.EVALUATE}</option>
          <option value="FROM_NEXT_CHANGE">{text.existingChoices.FROM_NEXT_CHANGE}</option>
        </select>
      </label>
      <button type="submit" disabled={props.check?.isValid !== true || state.fetching}>{state.fetching ? text.planning : text.plan}</button>
      <button type="button" disabled={!props.isChanged} onClick={props.discard}>{text.discard}</button>
      {outcome !== undefined && outcome.__typename !== "ConfigurationPlanned" && <p role="alert" class="failed">{outcome.message}</p>}
    </form>
  );
}

function asList(files: Files): { name: string; content: string }[] {
  return Object.entries(files).map(([name, content]) => ({ name, content }));
}
