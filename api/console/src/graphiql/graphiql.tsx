/** @jsxImportSource react */
/** GraphiQL from our own server, for whoever is signed in to the console in this tab; its examples are the console's operations. */
import { createGraphiQLFetcher } from "@graphiql/toolkit";
import { GraphiQL } from "graphiql";
import "graphiql/style.css";
import { createRoot } from "react-dom/client";

import * as operations from "../generated/examples";
import { adoptToken, token } from "../shell/session";
import { words } from "../words";
import "./graphiql.css";

declare const WORKERS: Readonly<Record<"editor" | "json" | "graphql", string>>;

(globalThis as { MonacoEnvironment?: unknown }).MonacoEnvironment = {
  getWorker: (_id: string, label: string) => new Worker(WORKERS[label === "graphql" || label === "json" ? label : "editor"]),
};

/** The console's operations by name. */
const examples = Object.entries(operations)
  .filter(([name]) => name.endsWith("Document"))
  .map(([name, document]) => [name.replace(/Document$/, ""), String(document).trim()] as const);

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

adoptToken();
const asked = new URLSearchParams(location.search).get("example");
const query = examples.find(([name]) => name === asked)?.[1];
const current = token();
const fetcher = createGraphiQLFetcher({
  url: "/graphql",
  headers: current === null ? {} : { Authorization: `Bearer ${current}` },
});

createRoot(document.getElementById("graphiql") as HTMLElement).render(
  <GraphiQL fetcher={fetcher} plugins={[plugin]} initialQuery={query} defaultQuery={words.graphiql.welcome} defaultEditorToolsVisibility="variables" />,
);
