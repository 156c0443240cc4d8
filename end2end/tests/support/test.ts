// What every spec is written with: a server for each worker, a person for each test, and an ear for complaints.
import { test as base } from "@playwright/test";
import { App, type DatabaseKind, type Variables } from "./app.ts";
import { Complaints } from "./complaints.ts";
import { noteHydration } from "./hydration.ts";
import { type Person, signUp } from "./person.ts";
import { Upstream } from "./upstream.ts";

export { expect } from "@playwright/test";

interface TestFixtures {
  /** What pages said in the console; none of it is wanted. */
  complaints: Complaints;
  /** Somebody with an account, logged in. */
  member: Person;
  /** Starts a server that only this test has. */
  startApp: (variables?: Variables) => Promise<App>;
}

interface WorkerFixtures {
  /** What servers keep their rows in. */
  database: DatabaseKind;
  upstream: Upstream;
  app: App;
}

export const test = base.extend<TestFixtures, WorkerFixtures>({
  database: ["sqlite", { option: true, scope: "worker" }],
  upstream: [
    async ({}, use) => {
      const upstream = await Upstream.start();
      await use(upstream);
      await upstream.stop();
    },
    { scope: "worker" },
  ],
  app: [
    async ({ database, upstream }, use) => {
      const app = await App.startWithTools(upstream.baseUrl, {}, database);
      await use(app);
      await app.stop();
    },
    { scope: "worker" },
  ],
  baseURL: async ({ app }, use) => use(app.url),
  complaints: async ({ javaScriptEnabled }, use) => {
    const complaints = new Complaints();
    // The server cannot know that nobody will run what it offers.
    if (javaScriptEnabled === false) complaints.tolerate(/was preloaded using link preload but not used/);
    await use(complaints);
    base.expect(complaints.rest, "what pages complain about").toEqual([]);
  },
  context: async ({ context, complaints }, use) => {
    complaints.listenTo(context);
    await noteHydration(context);
    await use(context);
  },
  member: async ({ context }, use) => use(await signUp(context)),
  startApp: async ({ database, upstream }, use) => {
    const apps: App[] = [];
    await use(async (variables) => {
      const app = await App.startWithTools(upstream.baseUrl, variables, database);
      apps.push(app);
      return app;
    });
    for (const app of apps) await app.stop();
  },
});
