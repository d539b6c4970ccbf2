// Ask a running server as one of the known clients does, and write what came as JSON.
// node run.cjs CLIENT HTTP-ADDRESS TOKEN FILE, where FILE holds the operations as a list of {query, variables}.
const { readFileSync } = require("node:fs");
const { createHash } = require("node:crypto");

const [client, url, token, file] = process.argv.slice(2);
const operations = file ? JSON.parse(readFileSync(file, "utf8")) : [];
const headers = { authorization: `Bearer ${token}` };
const socketUrl = url.replace("http://", "ws://");

async function audit() {
  const { serverAudits } = require("graphql-http");
  const fetchFn = (input, init = {}) => fetch(input, { ...init, headers: { ...headers, ...init.headers } });
  const results = [];
  for (const each of serverAudits({ url, fetchFn })) {
    const result = await each.fn();
    results.push({ id: each.id, name: each.name, status: result.status, reason: result.reason });
  }
  return results;
}

function socket() {
  const { createClient } = require("graphql-ws");
  return createClient({
    url: socketUrl,
    webSocketImpl: require("ws"),
    connectionParams: { Authorization: headers.authorization },
    retryAttempts: 0,
  });
}

function stream() {
  const { createClient } = require("graphql-sse");
  return createClient({ url, headers, retryAttempts: 0 });
}

// The first answer to each operation; a subscription is left after it.
async function firstAnswers(live) {
  const answers = [];
  for (const operation of operations) {
    const answered = live.iterate(operation);
    answers.push((await answered.next()).value);
    await answered.return();
  }
  await live.dispose();
  return answers;
}

async function apollo() {
  const { ApolloClient, InMemoryCache, HttpLink, ApolloLink, gql } = require("@apollo/client");
  const { PersistedQueryLink } = require("@apollo/client/link/persisted-queries");
  const { GraphQLWsLink } = require("@apollo/client/link/subscriptions");
  const { OperationTypeNode } = require("graphql");
  const sha256 = (text) => createHash("sha256").update(text).digest("hex");
  const http = new PersistedQueryLink({ sha256 }).concat(new HttpLink({ uri: url, headers }));
  const live = socket();
  const isLive = ({ operationType }) => operationType === OperationTypeNode.SUBSCRIPTION;
  const link = ApolloLink.split(isLive, new GraphQLWsLink(live), http);
  const asked = new ApolloClient({ link, cache: new InMemoryCache() });
  const answers = [];
  for (const { query, variables } of operations) {
    const document = gql(query);
    const kind = document.definitions[0].operation;
    if (kind === "query") answers.push(await asked.query({ query: document, variables }));
    if (kind === "mutation") answers.push(await asked.mutate({ mutation: document, variables }));
    if (kind === "subscription") {
      const { firstValueFrom } = require("rxjs");
      answers.push(await firstValueFrom(asked.subscribe({ query: document, variables })));
    }
  }
  await live.dispose();
  return answers;
}

async function urql() {
  const { Client, cacheExchange, fetchExchange, subscriptionExchange } = require("@urql/core");
  const live = stream();
  const forwardSubscription = (request) => ({
    subscribe: (sink) => ({ unsubscribe: live.subscribe({ query: request.query, variables: request.variables }, sink) }),
  });
  const asked = new Client({
    url,
    preferGetMethod: false,
    fetchOptions: { headers },
    exchanges: [cacheExchange, fetchExchange, subscriptionExchange({ forwardSubscription })],
  });
  const answers = [];
  for (const { query, variables } of operations) {
    const kind = /^\s*(\w+)/.exec(query)[1];
    // Its promise aborts the request that has just answered; a subscription is left after the first event.
    const { data, error } = await new Promise((answered) => {
      const { unsubscribe } = asked[kind](query, variables).subscribe((result) => {
        answered(result);
        if (kind === "subscription") setTimeout(unsubscribe);
      });
    });
    answers.push({ data, ...(error ? { errors: [String(error)] } : {}) });
  }
  live.dispose();
  return answers;
}

const clients = { audit, apollo, urql, ws: () => firstAnswers(socket()), sse: () => firstAnswers(stream()) };
clients[client]().then(
  (answers) => {
    process.stdout.write(JSON.stringify(answers));
    process.exit(0);
  },
  (error) => {
    process.stderr.write(String(error.stack || JSON.stringify(error)));
    process.exit(1);
  },
);
