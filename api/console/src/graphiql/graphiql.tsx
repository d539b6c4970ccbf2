/** @jsxImportSource react */
/** GraphiQL from our own server, for whoever is signed in to the console in this tab; its examples are the console's operations. */
import { createGraphiQLFetcher } from "@graphiql/toolkit";
import { GraphiQL } from "graphiql";
import "graphiql/style.css";
import { createClient } from "graphql-ws";
import { createRoot } from "react-dom/client";

import * as operations from "../generated/examples";
import { adoptToken, token } from "../shell/session";
import { words } from "../words";
import { warned } from "./inputs";
import { variablesOf } from "./variables";
import "./graphiql.css";

declare const WORKERS: Readonly<Record<"editor" | "json" | "graphql", string>>;

(globalThis as { MonacoEnvironment?: unknown }).MonacoEnvironment = {
  getWorker: (_id: string, label: string) => new Worker(WORKERS[label === "graphql" || label === "json" ? label : "editor"]),
};

/** The console's operations by name. */
const examples = Object.entries(operations)
  .filter(([name]) => name.endsWith("Document"))
  .map(([name, document]) => [name.replace(/Document$/, ""), warned(name.replace(/Document$/, ""), String(document).trim())] as const);

function Examples() {
  return (
    <div className="examples">
      <h2>{words.graphiql.examples}</h2>
      <ul>
        {examples.map(([name]) => (
          <li key={name}>
            <a href={`/graphiql?example=${name}`}>{name}</a>
          </li>
        ))}
      </ul>
    </div>
  );
}

const plugin = { title: words.graphiql.examples, icon: () => <span aria-hidden="true">☰</span>, content: Examples };

/** The rules of the socket are the server's; the address is this page's. */
function socket(headers: Record<string, string>) {
  return createClient({ url: `${location.origin.replace(/^http/, "ws")}/graphql`, connectionParams: headers });
}

function Asking({ current, query, variables }: { current: string; query: string | undefined; variables: string | undefined }) {
  const headers = { Authorization: `Bearer ${current}` };
  const fetcher = createGraphiQLFetcher({ url: "/graphql", headers, wsClient: socket(headers) });
  return (
    <GraphiQL fetcher={fetcher} plugins={[plugin]} initialQuery={query} initialVariables={variables} defaultQuery={words.graphiql.welcome} defaultEditorToolsVisibility="variables">
      <GraphiQL.Logo><a href="/">{words.graphiql.back}</a></GraphiQL.Logo>
    </GraphiQL>
  );
}

function SignedOut() {
  return <main className="signed-out"><p>{words.graphiql.signedOut} <a href="/">{words.signIn.title}</a></p></main>;
}

adoptToken();
const asked = new URLSearchParams(location.search).get("example");
const query = examples.find(([name]) => name === asked)?.[1];
const current = token();
const root = createRoot(document.getElementById("graphiql") as HTMLElement);
if (current === null) root.render(<SignedOut />);
else if (asked === null || query === undefined) root.render(<Asking current={current} query={undefined} variables={undefined} />);
else void variablesOf(asked, query).then((variables) => root.render(<Asking current={current} query={query} variables={variables} />));
