// Replays exported machines in XState. Reads cases from the file named as the argument and writes what
// happened to standard output. A case is {chart, steps: [{trigger, truths}]}; `truths` answers the guards
// that the present stage may ask. What happened is {started, steps: [{stage, done, effects}]}, an effect
// being [type, params]. A chart that has come to its end starts anew before the next step.
const { readFileSync } = require("node:fs");
const { createActor, createMachine } = require("xstate");

function replay({ chart, steps }) {
  let truths = {};
  let effects = [];
  const machine = createMachine(chart, {
    guards: Object.fromEntries(guardsOf(chart).map((name) => [name, () => answer(truths, name)])),
    actions: Object.fromEntries(actionsOf(chart).map((type) => [type, (_, params) => effects.push([type, params])])),
  });
  const during = (act) => {
    effects = [];
    act();
    return effects;
  };

  let actor;
  const start = () => (actor = createActor(machine).start());
  const started = during(start);
  const taken = steps.map((step) => {
    if (actor.getSnapshot().status === "done") during(start);
    truths = step.truths;
    const noted = during(() => actor.send({ type: step.trigger }));
    const { value, status } = actor.getSnapshot();
    return { stage: value, done: status === "done", effects: noted };
  });
  return { started, steps: taken };
}

function answer(truths, name) {
  if (!(name in truths)) throw new Error(`nobody knows whether ${name} holds`);
  return truths[name];
}

function exitsOf(chart) {
  return Object.values(chart.states).flatMap((stage) => Object.values(stage.on ?? {}).flat());
}

function guardsOf(chart) {
  return exitsOf(chart).flatMap(({ guard }) => (guard ? [guard.type] : []));
}

function actionsOf(chart) {
  const ofStages = Object.values(chart.states).flatMap(({ entry = [], exit = [] }) => [...entry, ...exit]);
  const ofExits = exitsOf(chart).flatMap(({ actions = [] }) => actions);
  return [...ofStages, ...ofExits].map(({ type }) => type);
}

const cases = JSON.parse(readFileSync(process.argv[2], "utf8"));
process.stdout.write(JSON.stringify(cases.map(replay)));
