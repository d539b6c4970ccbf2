/** The frame around every page: who is signed in, where one can go, and the page itself. */
import { Provider } from "@urql/preact";
import { LocationProvider, Route, Router, lazy } from "preact-iso";
import { useMemo, useState } from "preact/hooks";

import { words } from "../words";
import { makeClient } from "./client";
import { Closed } from "./closed";
import { Navigation } from "./navigation";
import { NotFound } from "./not-found";
import { signIn, signOut, token } from "./session";
import { SignIn } from "./sign-in";
import { Unanswered, useFailures } from "./unanswered";

const Portfolio = lazy(() => import("../pages/portfolio/portfolio"));
const Machines = lazy(() => import("../pages/machines/machines"));
const Edit = lazy(() => import("../pages/machines/edit"));
const Machine = lazy(() => import("../pages/machines/machine"));
const Plan = lazy(() => import("../pages/plans/plan"));
const MyDay = lazy(() => import("../pages/my-day/my-day"));
const Records = lazy(() => import("../pages/audit/records"));
const Decision = lazy(() => import("../pages/audit/decision"));
const Reviews = lazy(() => import("../pages/audit/reviews"));
const Verification = lazy(() => import("../pages/audit/verification"));
const Duties = lazy(() => import("../pages/audit/duties"));
const Tokens = lazy(() => import("../pages/tokens/tokens"));
const Operations = lazy(() => import("../pages/operations/operations"));
const IngestErrors = lazy(() => import("../pages/operations/ingest-errors"));
const Accounts = lazy(() => import("../pages/accounts/accounts"));
const Account = lazy(() => import("../pages/account/account"));

export function Console() {
  const [current, setCurrent] = useState(token());
  const failures = useFailures();
  const client = useMemo(() => makeClient(failures.told), [current]);
  if (current === null) {
    return (
      <SignIn
        taken={(given) => {
          signIn(given);
          setCurrent(token());
        }}
      />
    );
  }
  return (
    <Provider value={client}>
      <LocationProvider>
        <a class="skip" href="#page">
          {words.skip}
        </a>
        <Navigation
          leave={() => {
            signOut();
            setCurrent(null);
          }}
        />
        <main id="page" tabIndex={-1}>
          <Unanswered {...failures} />
          <Closed />
          <Router>
            <Route path="/" component={Portfolio} />
            <Route path="/stages/:stage" component={Portfolio} />
            <Route path="/accounts" component={Accounts} />
            <Route path="/accounts/:id" component={Account} />
            <Route path="/my-day" component={MyDay} />
            <Route path="/audit" component={Records} />
            <Route path="/audit/records/:account/:seq" component={Decision} />
            <Route path="/audit/reviews" component={Reviews} />
            <Route path="/audit/verification" component={Verification} />
            <Route path="/audit/duties" component={Duties} />
            <Route path="/operations" component={Operations} />
            <Route path="/operations/ingest-errors" component={IngestErrors} />
            <Route path="/tokens" component={Tokens} />
            <Route path="/machines" component={Machines} />
            <Route path="/machines/edit" component={Edit} />
            <Route path="/machines/:segment" component={Machine} />
            <Route path="/plans/:id" component={Plan} />
            <Route default component={NotFound} />
          </Router>
        </main>
      </LocationProvider>
    </Provider>
  );
}
