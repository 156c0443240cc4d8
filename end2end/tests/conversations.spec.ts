// The conversations in the sidebar, and the whole way by keyboard.
import type { Locator, Page } from "@playwright/test";
import { Chat } from "./support/chat.ts";
import { hydrated } from "./support/hydration.ts";
import { PASSWORD, someName } from "./support/person.ts";
import { expect, test } from "./support/test.ts";

const sidebarOf = (page: Page) => page.getByRole("navigation", { name: "Your conversations" });

test("a conversation can be given another name", async ({ member, page }) => {
  const chat = await Chat.open(page, "echo");
  await chat.ask("echo", "A first name");
  const sidebar = sidebarOf(page);
  await sidebar.getByLabel("Options for A first name").click();
  await sidebar.getByText("Rename", { exact: true }).click();
  const field = sidebar.getByRole("textbox", { name: "Conversation name" });
  await expect(field).toBeFocused();
  await field.fill(`${member.name} names it`);
  await field.press("Enter");
  await expect(sidebar.getByRole("link", { name: `${member.name} names it` })).toBeVisible();
  await expect(sidebar.getByRole("link", { name: "A first name" })).toHaveCount(0);
  await page.reload();
  await expect(page.getByRole("heading", { level: 1, name: `${member.name} names it` })).toBeVisible();
});

test("a conversation is deleted only after a second press, and its page is left", async ({ member, page }) => {
  const chat = await Chat.open(page, "echo");
  await chat.ask("echo", `Soon gone, says ${member.name}`);
  const address = page.url();
  const sidebar = sidebarOf(page);
  await sidebar.getByLabel(/^Options for Soon gone/).click();
  await sidebar.getByText("Delete", { exact: true }).click();
  await expect(sidebar.getByRole("link", { name: "Soon gone" })).toBeVisible();
  await sidebar.getByRole("button", { name: "Delete it" }).click();
  await expect(sidebar.getByRole("link", { name: "Soon gone" })).toHaveCount(0);
  await expect(page).toHaveURL("/chat");
  const response = await page.request.get(address);
  expect(response.status()).toBe(404);
});

test("new chat begins anew, and the sidebar leads back", async ({ member, page }) => {
  const chat = await Chat.open(page, "echo");
  await chat.ask("echo", "The first one");
  await page.getByRole("complementary", { name: "Sidebar" }).getByRole("link", { name: "New chat" }).click();
  await expect(page).toHaveURL("/chat");
  await expect(chat.log).toHaveCount(0);
  await page.goto("/chat?tool=echo");
  await hydrated(page);
  await chat.ask("echo", "The second one");
  const sidebar = sidebarOf(page);
  await expect(sidebar.getByRole("link")).toHaveText(["The second one", "The first one"]);
  await sidebar.getByRole("link", { name: "The first one" }).click();
  await expect(chat.by("You")).toContainText("The first one");
  await expect(chat.words("echo")).toHaveText("The first one");
  await expect(sidebar.getByRole("link", { name: "The first one" })).toHaveAttribute("aria-current", "page");
  await page.goBack();
  await expect(chat.words("echo")).toHaveText("The second one");
  await expect(page.getByText(member.name)).toBeVisible();
});

test("somebody else's conversation is not there", async ({ browser, complaints, member, page }) => {
  const chat = await Chat.open(page, "echo");
  await chat.ask("echo", `The secret of ${member.name}`);
  const stranger = await browser.newContext({ baseURL: new URL(page.url()).origin });
  const response = await stranger.request.post("/api/sign_up", { form: { name: someName(), password: PASSWORD } });
  expect(response.ok()).toBe(true);
  complaints.tolerate(/status of 404/);
  complaints.listenTo(stranger);
  const other = await stranger.newPage();
  const answer = await other.goto(page.url());
  expect(answer?.status()).toBe(404);
  await expect(other.getByRole("main").getByRole("alert")).toBeVisible();
  await expect(other.getByText("The secret of")).toHaveCount(0);
  await stranger.close();
});

/** Presses the tab key until something has the focus. */
async function tabTo(page: Page, target: Locator): Promise<void> {
  await expect(target).toBeVisible();
  for (let presses = 0; presses < 80; presses += 1) {
    if (await target.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press("Tab");
  }
  throw new Error(`the tab key does not lead to ${target}`);
}

test("the way from signing up to an answer needs no more than a keyboard", async ({ page }) => {
  await page.goto("/signup");
  await hydrated(page);
  await tabTo(page, page.getByLabel("Name", { exact: true }));
  await page.keyboard.type(someName());
  await page.keyboard.press("Tab");
  await page.keyboard.type(PASSWORD);
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL("/");
  await tabTo(page, page.getByRole("searchbox", { name: "Search tools" }));
  await page.keyboard.type("echo");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL("/tools?q=echo");
  await tabTo(page, page.getByRole("main").getByRole("link", { name: "echo", exact: true }));
  await page.keyboard.press("Enter");
  await tabTo(page, page.getByRole("link", { name: "Try in chat" }));
  await page.keyboard.press("Enter");
  const chat = new Chat(page);
  await tabTo(page, chat.message);
  await page.keyboard.type("Hello from the keys");
  await page.keyboard.press("Enter");
  await chat.ended("echo", "Finished");
  await expect(chat.words("echo")).toHaveText("Hello from the keys");
  await expect(chat.message).toBeFocused();
});
