// A service that is busy or down: people see what is waited for, can end it, and hear who answered instead.
import type { Locator, Page } from "@playwright/test";
import { App } from "./support/app.ts";
import { Chat } from "./support/chat.ts";
import { hydrated } from "./support/hydration.ts";
import { expect, test } from "./support/test.ts";
import { Upstream } from "./support/upstream.ts";

/** The seconds that a wait still takes, as the page says. */
async function seconds(wait: Locator): Promise<number> {
  return Number(/Retrying in (\d+) s/.exec((await wait.textContent()) ?? "")?.[1] ?? NaN);
}

/** Goes to another server as somebody with an account there. */
async function visit(page: Page, app: App, path: string): Promise<Chat> {
  const created = await page.request.post(`${app.url}/api/sign_up`, {
    form: { name: `visitor-${Date.now()}`, password: "correct horse battery" },
  });
  expect(created.ok()).toBe(true);
  await page.goto(app.url + path);
  await hydrated(page);
  return new Chat(page);
}

test("a wait is counted down with its reason, and can be ended", async ({ member, page, upstream }) => {
  const chat = await Chat.open(page, "rate-limited");
  await chat.say(`${member.name} waits s=15 times=9`);
  const wait = chat.by("rate-limited").getByText(/Retrying in \d+ s/);
  await expect(wait).toContainText(/^The service is asked too often at the moment\. Retrying in \d+ s$/);
  const first = await seconds(wait);
  expect(first).toBeGreaterThan(10);
  expect(first).toBeLessThanOrEqual(20);
  await expect.poll(() => seconds(wait), { intervals: [250] }).toBeLessThanOrEqual(first - 2);
  await chat.stop.click();
  await chat.ended("rate-limited", "Stopped by you");
  await expect(wait).toHaveCount(0);
  expect(await upstream.asked(member.name)).toHaveLength(1);
  // What was asked is still there, and one can ask anew.
  await expect(chat.by("You")).toContainText(member.name);
  await expect(chat.by("rate-limited").getByRole("button", { name: "Regenerate" })).toBeEnabled();
  await expect(chat.message).toBeEnabled();
});

test("a service that failed too often is left alone, says so, and is asked again later", async ({ context, page, startApp }) => {
  const app = await startApp({ INSPIREAI_BREAKER_FAILURES: "1", INSPIREAI_BREAKER_SECONDS: "8" });
  const broken = await visit(await context.newPage(), app, "/chat?tool=status-500");
  await page.goto(`${app.url}/chat?tool=echo`);
  await hydrated(page);
  const chat = new Chat(page);
  await broken.say("hello");
  await broken.ended("status-500", "Failed");
  await chat.say("are you there?");
  await chat.ended("echo", "Failed");
  const answer = chat.by("echo");
  const told = answer.getByText(/left alone for another \d+ s/);
  await expect(told).toBeVisible();
  const left = Number(/another (\d+) s/.exec((await told.textContent()) ?? "")?.[1]);
  await page.waitForTimeout((left + 1) * 1_000);
  await answer.getByRole("button", { name: "Try again" }).click();
  await expect(chat.words("echo")).toHaveText("are you there?");
  await chat.ended("echo", "Finished");
  await broken.page.close();
});

test("another tool answers for one that is down, and the answer says which", async ({ page }) => {
  const upstream = await Upstream.start();
  await upstream.change({ offer: "gpt-4.1" });
  await upstream.change({ offer: "gpt-6-luna" });
  const app = await App.startWithTools(upstream.baseUrl);
  try {
    const chat = await visit(page, app, "/chat?tool=gpt-4-1");
    await chat.say("down=gpt-4.1 hello");
    await chat.ended("GPT-4.1", "Finished");
    const answer = chat.by("GPT-4.1");
    const told = answer.getByText("GPT-4.1 did not answer; GPT-6 Luna does.");
    await expect(told).toBeVisible();
    await expect(chat.words("GPT-4.1")).toHaveText("down=gpt-4.1 hello");
    expect((await upstream.asked("hello")).map((exchange) => exchange.model)).toEqual(["gpt-4.1", "gpt-6-luna"]);
    await page.reload();
    await expect(told).toBeVisible();
  } finally {
    // A page asks its server for things as long as it is open.
    await page.close();
    await app.stop();
    await upstream.stop();
  }
});
