// A newcomer's first conversation, and their second visit.
import { App } from "./support/app.ts";
import { Chat } from "./support/chat.ts";
import { holdClient, hydrated } from "./support/hydration.ts";
import { fillIn, someName } from "./support/person.ts";
import { startRecording, steps, stopRecording } from "./support/recording.ts";
import { REPOSITORY } from "./support/repository.ts";
import { expect, test } from "./support/test.ts";
import { counted } from "./support/upstream.ts";

test("a newcomer signs up, finds a tool, chats with it, and finds the conversation again another day", async ({
  page,
  startApp,
}) => {
  const app = await startApp();
  const name = someName();
  const sidebar = page.getByRole("navigation", { name: "Your conversations" });

  await test.step("signs up", async () => {
    await page.goto(app.url);
    await hydrated(page);
    await page.getByRole("link", { name: "Sign up" }).click();
    await fillIn(page, name);
    await page.getByRole("button", { name: "Sign up" }).click();
    await expect(page).toHaveURL(`${app.url}/`);
    await expect(page.getByText(name)).toBeVisible();
  });

  await test.step("finds a tool and opens it", async () => {
    await page.getByRole("searchbox", { name: "Search tools" }).fill("count");
    await page.getByRole("button", { name: "Search", exact: true }).click();
    await page.getByRole("main").getByRole("link", { name: "count", exact: true }).click();
    await expect(page.getByRole("heading", { name: "count", level: 1 })).toBeVisible();
    await page.getByRole("link", { name: "Try in chat" }).click();
  });

  const chat = new Chat(page);
  await test.step("watches an answer arrive", async () => {
    await expect(page.getByRole("heading", { name: "Ask count something" })).toBeVisible();
    await startRecording(page);
    await chat.say("Count for me: tokens=60 rate=40");
    await chat.ended("count", "Finished");
    const busy = (await stopRecording(page)).filter((frame) => frame.isBusy);
    expect(steps(busy, (frame) => frame.characters), "lengths of the growing answer").toBeGreaterThan(5);
    await expect(chat.words("count")).toHaveText(counted(60));
    await expect(sidebar.getByRole("link", { name: "Count for me" })).toBeVisible();
  });

  await test.step("sees the answer at once after a reload, before the client is there", async () => {
    const document = await (await page.request.get(page.url())).text();
    expect(document).toContain(counted(60));
    const letClientIn = await holdClient(page);
    await page.reload({ waitUntil: "commit" });
    await expect(chat.words("count")).toHaveText(counted(60));
    expect(await page.evaluate(() => window.isHydrated)).toBeUndefined();
    letClientIn();
    await hydrated(page);
    await expect(chat.words("count")).toHaveText(counted(60));
  });

  await test.step("logs out and in again", async () => {
    await page.getByText(`Account: ${name}`).click();
    await page.getByRole("button", { name: "Log out" }).click();
    await expect(page).toHaveURL(`${app.url}/`);
    await expect(sidebar.getByRole("link")).toHaveCount(0);
    await page.getByRole("link", { name: "Log in" }).click();
    await fillIn(page, name);
    await page.getByRole("button", { name: "Log in" }).click();
    await sidebar.getByRole("link", { name: "Count for me" }).click();
    await expect(chat.words("count")).toHaveText(counted(60));
  });
});

test("the first account is the administrator and the second is not", async ({ browser, complaints, startApp }) => {
  const app = await startApp();
  for (const role of ["Administrator", "Member"]) {
    const context = await browser.newContext({ baseURL: app.url });
    complaints.listenTo(context);
    const page = await context.newPage();
    await page.goto("/signup?next=/settings");
    await fillIn(page, someName());
    await page.getByRole("button", { name: "Sign up" }).click();
    await expect(page).toHaveURL("/settings");
    await expect(page.getByRole("main").getByText(role)).toBeVisible();
    await context.close();
  }
});

test("a wrong password is told beside its field, and what was typed stays", async ({ complaints, member, page }) => {
  complaints.tolerate(/status of 4\d\d/);
  await page.context().clearCookies();
  await page.goto("/login");
  await hydrated(page);
  await fillIn(page, member.name, "not the password");
  await page.getByRole("button", { name: "Log in" }).click();
  await expect(page.getByText("Name or password is wrong. Check both and try again.")).toBeVisible();
  await expect(page.getByLabel("Password")).toBeFocused();
  await expect(page.getByLabel("Name", { exact: true })).toHaveValue(member.name);
});

test("with no key and no service configured the model in the server answers, and can be stopped", async ({
  page,
}) => {
  const app = await App.start({ INSPIREAI_LOCAL_MODEL: "", INSPIREAI_MODELS_DIR: `${REPOSITORY}/data/models` });
  try {
    await page.goto(`${app.url}/signup?next=/chat`);
    await hydrated(page);
    await fillIn(page, someName());
    await page.getByRole("button", { name: "Sign up" }).click();
    const chat = new Chat(page);
    await expect(page.getByRole("heading", { name: "Ask Local assistant something" })).toBeVisible();
    await chat.say("Write a long story about a lighthouse keeper and a message in a bottle.");
    await expect(chat.words("Local assistant")).toContainText(/\w+ \w+ \w+ \w+ \w+ \w+ \w+ \w+/, { timeout: 45_000 });
    await chat.stop.click();
    await chat.ended("Local assistant", "Stopped by you");
    await expect(chat.by("Local assistant").getByText("SmolLM2-135M-Instruct")).toBeVisible();
  } finally {
    await app.stop();
  }
});
