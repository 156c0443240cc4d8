// Assistants: made, talked to, changed, shared; threads brought in.
import type { Page } from "@playwright/test";
import { violations } from "./support/axe.ts";
import { Chat } from "./support/chat.ts";
import { hydrated, noteHydration } from "./support/hydration.ts";
import { signUp } from "./support/person.ts";
import { expect, test } from "./support/test.ts";

async function make(page: Page, name: string, fields: Record<string, string> = {}): Promise<void> {
  await page.goto("/assistants/new?tool=echo");
  await hydrated(page);
  await page.getByLabel("Name", { exact: true }).fill(name);
  for (const [label, text] of Object.entries(fields)) await page.getByLabel(label, { exact: true }).fill(text);
  await page.getByRole("button", { name: "Create assistant" }).click();
  await expect(page.getByRole("heading", { name, level: 1 })).toBeVisible();
}

test("an assistant is made, begun with by a starter, and answers under its name", async ({ member, page }) => {
  await page.goto("/assistants");
  await hydrated(page);
  await page.getByRole("link", { name: "Make the first" }).click();
  await hydrated(page);
  await expect(page.getByRole("heading", { name: "New assistant" })).toBeVisible();
  await make(page, "Travel agent", {
    Description: `Plans trips for ${member.name}.`,
    Instructions: "Plan carefully.",
    Starters: "Plan a trip to Rome\nPlan a trip to Oslo",
  });
  await page.getByRole("link", { name: "Try in chat" }).click();
  await expect(page.getByRole("heading", { name: "Travel agent" })).toBeVisible();
  await page.getByRole("button", { name: "Plan a trip to Oslo" }).click();
  const chat = new Chat(page);
  await chat.ended("Travel agent", "Finished");
  await expect(chat.words("Travel agent")).toHaveText("Plan a trip to Oslo");
  await page.reload();
  await expect(chat.by("Travel agent")).toBeVisible();
  await page.getByRole("button", { name: "Parameters" }).click();
  await expect(page.getByRole("complementary", { name: "How this chat asks" })).toContainText(
    "What Travel agent says by itself",
  );
});

test("each save is a version, a conversation stays with its own until it is moved", async ({ member, page }) => {
  await make(page, "Agent", { Instructions: "First." });
  const address = page.url();
  await page.getByRole("link", { name: "Try in chat" }).click();
  const chat = new Chat(page);
  await expect(page.getByRole("heading", { name: "Agent" })).toBeVisible();
  await hydrated(page);
  await chat.ask("Agent", `${member.name} asks`);
  const conversation = page.url();

  await page.goto(address);
  await hydrated(page);
  await page.getByLabel("Name", { exact: true }).fill("Renamed");
  await page.getByRole("button", { name: "Save new version" }).click();
  await expect(page.getByRole("heading", { name: "Renamed" })).toBeVisible();
  await page.getByRole("link", { name: "Version 1" }).click();
  await expect(page.getByRole("heading", { name: "Agent", level: 1 })).toBeVisible();
  await page.getByRole("button", { name: "Restore this version" }).click();
  await expect(page.getByRole("link", { name: "Version 3" })).toBeVisible();

  await page.goto(conversation);
  await hydrated(page);
  await page.getByRole("button", { name: "Parameters" }).click();
  await page.getByRole("button", { name: "Go on with version 3" }).click();
  await expect(page.getByRole("button", { name: "Go on with version 3" })).toHaveCount(0);
});

test("what is wrong with an assistant is told, and what was written stays", async ({ complaints, member, page }) => {
  complaints.tolerate(/status of 422/);
  await page.goto("/assistants/new?tool=echo");
  await hydrated(page);
  await page.getByLabel("Name", { exact: true }).fill(member.name);
  await page.getByLabel("Instructions").fill("Long words");
  await page.getByText("Parameters", { exact: true }).click();
  await page.getByLabel("Temperature").fill("warm");
  await page.getByRole("button", { name: "Create assistant" }).click();
  await expect(page.getByRole("alert")).toContainText("Temperature is a number from 0 to 2.");
  await expect(page.getByLabel("Instructions")).toHaveValue("Long words");
  await page.getByLabel("Temperature").fill("0.2");
  await page.getByRole("button", { name: "Create assistant" }).click();
  await expect(page.getByRole("heading", { name: member.name })).toBeVisible();
});

test("a shared assistant is found, used and copied by others, and deleted by its maker", async ({
  app,
  browser,
  member,
  page,
}) => {
  await make(page, `Helper of ${member.name}`);
  await page.getByRole("button", { name: "Share with everybody here" }).click();
  await expect(page.getByRole("button", { name: "Stop sharing" })).toBeVisible();

  const context = await browser.newContext({ baseURL: app.url });
  await noteHydration(context);
  await signUp(context);
  const other = await context.newPage();
  await other.goto(`/assistants?q=${member.name}`);
  await expect(other.getByRole("article")).toContainText(`By ${member.name}`);
  await other.goto("/");
  await other.getByRole("link", { name: `Helper of ${member.name}` }).click();
  await hydrated(other);
  await expect(other.getByRole("button", { name: "Delete" })).toHaveCount(0);
  await other.getByRole("button", { name: "Duplicate" }).click();
  await expect(other.getByRole("heading", { name: `Helper of ${member.name} (copy)` })).toBeVisible();
  await context.close();

  await page.getByText("Delete", { exact: true }).click();
  await page.getByRole("button", { name: "Delete it" }).click();
  await expect(page).toHaveURL(/\/assistants$/);
  await expect(page.getByRole("link", { name: `Helper of ${member.name}`, exact: true })).toHaveCount(0);
});

test("threads are brought in from a file, and a broken file is told with its place", async ({ complaints, member, page }) => {
  complaints.tolerate(/status of 422/);
  await page.goto("/assistants");
  await hydrated(page);
  await page.getByText("Bring in threads from OpenAI's Assistants").click();
  const choose = async (text: string) => {
    const file = { name: "threads.json", mimeType: "application/json", buffer: Buffer.from(text) };
    await page.getByLabel("File with threads").setInputFiles(file);
    await page.getByRole("button", { name: "Import threads" }).click();
  };
  await choose('[\n{"a": ]');
  await expect(page.getByRole("alert")).toContainText("line 2");
  const said = (role: string, text: string, created_at: number) => ({
    object: "thread.message",
    thread_id: `thread_${member.name}`,
    role,
    created_at,
    content: [{ type: "text", text: { value: text, annotations: [] } }],
  });
  const data = [said("assistant", "By **train**.", 1_713_700_001), said("user", "How to Rome?", 1_713_700_000)];
  await choose(JSON.stringify({ object: "list", data, has_more: false }));
  await expect(page.getByText("Imported 1 thread with 2 messages.")).toBeVisible();
  await choose(JSON.stringify({ object: "list", data, has_more: false }));
  await expect(page.getByText("1 thread was imported before; nothing was changed.")).toBeVisible();
  await page
    .getByRole("navigation", { name: "Your conversations" })
    .getByRole("link", { name: "How to Rome?" })
    .click();
  const log = page.getByRole("log", { name: "Conversation" });
  await expect(log.locator("strong")).toHaveText("train");
  await expect(log.getByText("Finished")).toBeVisible();
});

for (const colorScheme of ["light", "dark"] as const) {
  test.describe(`in ${colorScheme}`, () => {
    test.use({ colorScheme, contextOptions: { reducedMotion: "reduce" } });

    test(`assistants have no serious barrier, in ${colorScheme}`, async ({ member, page }) => {
      await page.goto("/assistants");
      await hydrated(page);
      expect.soft(await violations(page), "the empty list").toEqual([]);
      await make(page, `Agent of ${member.name}`, { Starters: "Begin" });
      for (const summary of await page.locator(".editor-more > summary").all()) await summary.click();
      expect.soft(await violations(page), "the editor").toEqual([]);
      await page.goto("/assistants");
      await hydrated(page);
      expect.soft(await violations(page), "the list").toEqual([]);
      await page.getByRole("link", { name: "Try in chat" }).click();
      await expect(page.getByRole("button", { name: "Begin" })).toBeVisible();
      expect.soft(await violations(page), "its chat").toEqual([]);
    });
  });
}

test.describe("on a phone", () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });

  test("nothing of an assistant's page is wider than the phone", async ({ member, page }) => {
    await make(page, `Agent of ${member.name}`);
    for (const summary of await page.locator(".editor-more > summary").all()) await summary.tap();
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    expect(width).toBeLessThanOrEqual(390);
  });
});
