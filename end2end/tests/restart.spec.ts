// A server that restarts while somebody works: nothing is lost, and nothing that needs a hand.
import type { Browser } from "@playwright/test";
import type { App } from "./support/app.ts";
import { Chat } from "./support/chat.ts";
import type { Complaints } from "./support/complaints.ts";
import { noteHydration } from "./support/hydration.ts";
import { signUp } from "./support/person.ts";
import { expect, test } from "./support/test.ts";

/** A chat on a server of its own, which the test may stop. */
async function begin(browser: Browser, complaints: Complaints, app: App, tool: string): Promise<Chat> {
  complaints.tolerate(/ERR_CONNECTION|ERR_INCOMPLETE|ERR_EMPTY_RESPONSE|status of 503/);
  const context = await browser.newContext({ baseURL: app.url });
  complaints.listenTo(context);
  await noteHydration(context);
  await signUp(context);
  return Chat.open(await context.newPage(), tool);
}

test("a message that is sent while the server restarts goes out by itself, once", async ({
  browser,
  complaints,
  startApp,
}) => {
  const app = await startApp();
  const chat = await begin(browser, complaints, app, "echo");
  const page = chat.page;
  await chat.ask("echo", "before");
  await app.halt();
  await chat.trySay("meanwhile");
  await expect(page.getByText("Your message is sent as soon as it does.")).toBeVisible();
  await app.resume();
  await expect(chat.by("echo")).toHaveCount(2);
  await chat.ended("echo", "Finished");
  await expect(chat.words("echo")).toHaveText("meanwhile");
  await expect(page.getByText("Your message is sent as soon as it does.")).toHaveCount(0);
  await expect(page.getByRole("alert")).toHaveCount(0);
  await page.reload();
  await expect(chat.by("You")).toHaveCount(2);
  await page.context().close();
});

test("an answer that a restart cuts keeps its words, says so, and goes on when asked", async ({
  browser,
  complaints,
  startApp,
}) => {
  const app = await startApp();
  const chat = await begin(browser, complaints, app, "count");
  const page = chat.page;
  await chat.say("tokens=100000 rate=50");
  await chat.streaming("count");
  const shown = await chat.words("count").textContent();
  await app.halt();
  await expect(chat.by("count").getByText("The server stopped while this was being written.")).toBeVisible();
  await app.resume();
  const kept = await chat.words("count").textContent();
  expect(kept?.startsWith(shown ?? "nothing")).toBe(true);
  await page.reload();
  await expect(chat.words("count")).toHaveText(kept ?? "nothing");
  await chat.by("count").getByRole("button", { name: "Continue" }).click();
  await expect(chat.stop).toBeVisible();
  await chat.stop.click();
  await chat.ended("count", "Stopped by you");
  await page.context().close();
});
