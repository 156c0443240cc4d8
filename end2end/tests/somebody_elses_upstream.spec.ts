// A service that somebody else wrote: npm's @copilotkit/aimock, as any OpenAI-compatible server.
import fs from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { App } from "./support/app.ts";
import { Chat } from "./support/chat.ts";
import { hydrated, noteHydration } from "./support/hydration.ts";
import { signUp } from "./support/person.ts";
import { Program } from "./support/program.ts";
import { REPOSITORY } from "./support/repository.ts";
import { expect, test } from "./support/test.ts";

const ANSWER = "Grüße! This is **aimock**.\n\n- one\n- two";

test("a service that somebody else wrote answers, and its models are in the catalogue", async ({ browser }) => {
  const directory = await fs.mkdtemp(path.join(os.tmpdir(), "aimock-"));
  const fixtures = path.join(directory, "fixtures.json");
  await fs.writeFile(fixtures, JSON.stringify({ fixtures: [{ match: {}, response: { content: ANSWER } }] }));
  const cli = path.join(REPOSITORY, "end2end/node_modules/@copilotkit/aimock/dist/cli.js");
  const mock = await Program.start("node", [cli, "-p", "0", "-h", "127.0.0.1", "-f", fixtures], {}, /http:\/\/[\d.]+:\d+/);
  const app = await App.start({ OPENAI_BASE_URL: `${mock.ready[0]}/v1` });
  const context = await browser.newContext({ baseURL: app.url });
  try {
    await noteHydration(context);
    await signUp(context);
    const page = await context.newPage();
    await page.goto("/tools/gpt-4o");
    await hydrated(page);
    await page.getByRole("link", { name: "Try in chat" }).click();
    const chat = new Chat(page);
    await chat.ask("GPT-4o", "Hello");
    await expect(chat.words("GPT-4o").getByRole("listitem")).toHaveText(["one", "two"]);
    await expect(chat.words("GPT-4o")).toContainText("Grüße! This is aimock.");
  } finally {
    await context.close();
    await app.stop();
    await mock.stop();
    await fs.rm(directory, { recursive: true, force: true });
  }
});
