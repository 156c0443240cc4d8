// Parts of the client that come when they are wanted, and what one sees when they do not.
import type { Page } from "@playwright/test";
import { Chat } from "./support/chat.ts";
import { hydrated } from "./support/hydration.ts";
import { expect, test } from "./support/test.ts";

const SETTINGS = /\/pkg\/inspireai\.settings\.[0-9a-f]{16}\.wasm$/;
const TRANSCRIPT = /\/pkg\/inspireai\.transcript\.[0-9a-f]{16}\.wasm$/;
const WORKBENCH = /\/pkg\/inspireai\.workbench\.[0-9a-f]{16}\.wasm$/;

/** What browsers and the client say of files that do not come. */
const NOT_COME = /ERR_FAILED|could not be loaded|preload/;

/** The client's files that a page fetches from now on. */
function fetchedBy(page: Page): string[] {
  const paths: string[] = [];
  page.on("request", (request) => paths.push(new URL(request.url()).pathname));
  return paths;
}

test("a page's part comes when its link is neared, and not with another page", async ({ page }) => {
  const fetched = fetchedBy(page);
  await page.goto("/settings");
  await hydrated(page);
  expect(fetched.filter((path) => SETTINGS.test(path))).toHaveLength(1);
  await page.goto("/");
  await hydrated(page);
  await page.waitForLoadState("networkidle");
  fetched.length = 0;
  const arrived = page.waitForResponse((response) => /\/pkg\/inspireai\.chat\./.test(response.url()));
  await page.getByRole("link", { name: "New chat" }).hover();
  expect((await arrived).headers()["cache-control"]).toBe("public, max-age=31536000, immutable");
  expect(fetched.filter((path) => /accounts|catalogue|settings/.test(path))).toEqual([]);
});

test("a page that is slow to come is announced, and then there", async ({ member, page }) => {
  await page.goto("/");
  await hydrated(page);
  let letIn = () => {};
  const isLetIn = new Promise<void>((resolve) => (letIn = resolve));
  await page.route(SETTINGS, async (route) => {
    await isLetIn;
    await route.continue();
  });
  await page.getByText(member.name).click();
  await page.getByRole("link", { name: "Settings" }).click();
  await expect(page.getByRole("status").filter({ hasText: "Loading the page" })).toBeAttached();
  letIn();
  await expect(page.getByRole("heading", { name: "Appearance" })).toBeVisible();
  await expect(page).toHaveTitle(/^Settings/);
  await expect(page.getByText("Loading the page")).toHaveCount(0);
  await expect(page.getByRole("main")).toBeFocused();
});

test("a page whose part does not come says so, and comes when one tries again", async ({ complaints, member, page }) => {
  complaints.tolerate(NOT_COME);
  await page.goto("/");
  await hydrated(page);
  await page.route(SETTINGS, (route) => route.abort());
  await page.getByText(member.name).click();
  await page.getByRole("link", { name: "Settings" }).click();
  const notice = page.getByRole("main").getByRole("alert");
  await expect(notice).toContainText("This part of the page could not be loaded. Check the connection and try again.");
  await notice.getByRole("button", { name: "Try again" }).click();
  await expect(notice).toBeVisible();
  await page.unroute(SETTINGS);
  await notice.getByRole("button", { name: "Try again" }).click();
  await expect(page.getByRole("heading", { name: "Appearance" })).toBeVisible();
  await expect(page).toHaveURL(/\/settings$/);
  await expect(page.getByRole("main")).toBeFocused();
});

test("after the server was updated, what an open page lacks comes with a reload", async ({ complaints, member, page }) => {
  complaints.tolerate(NOT_COME);
  complaints.tolerate(/status of 404/);
  await page.goto("/");
  await hydrated(page);
  await page.route(SETTINGS, (route) => route.fulfill({ status: 404 }));
  await page.getByText(member.name).click();
  await page.getByRole("link", { name: "Settings" }).click();
  const reload = page.getByRole("main").getByRole("link", { name: "Reload the page" });
  await expect(reload).toBeVisible();
  await page.unroute(SETTINGS);
  await reload.click();
  await expect(page.getByRole("heading", { name: "Appearance" })).toBeVisible();
  await expect(page).toHaveURL(/\/settings$/);
});

test("a page that the client cannot take over can be read, and says what to do", async ({ complaints, member, page }) => {
  complaints.tolerate(NOT_COME);
  await page.route(SETTINGS, (route) => route.abort());
  await page.goto("/settings");
  await expect(page.getByRole("heading", { name: "Appearance" })).toBeVisible();
  await expect(page.getByRole("main").getByText(member.name)).toBeVisible();
  const notice = page.getByRole("alert").filter({ hasText: "could not be loaded completely" });
  await expect(notice).toBeVisible();
  await page.unroute(SETTINGS);
  await notice.getByRole("link", { name: "Reload the page" }).click();
  await hydrated(page);
  await expect(notice).toBeHidden();
});

test("a new chat fetches what a conversation needs while one writes", async ({ member, page }) => {
  const arrived = page.waitForResponse((response) => TRANSCRIPT.test(new URL(response.url()).pathname));
  await page.goto("/chat?tool=echo");
  expect(member.name).toBeTruthy();
  await arrived;
  const chat = new Chat(page);
  await chat.say("Hello");
  await expect(chat.words("echo")).toContainText("Hello");
});

test("a panel whose part does not come says so inside, can be shut, and comes when one tries again", async ({
  complaints,
  member,
  page,
}) => {
  complaints.tolerate(NOT_COME);
  const chat = await Chat.open(page, "echo");
  await chat.message.fill(`${member.name} writes`);
  await page.route(WORKBENCH, (route) => route.abort());
  const button = page.getByRole("button", { name: "Parameters" });
  const panel = page.getByRole("complementary", { name: "How this chat asks" });
  await button.click();
  await expect(panel.getByRole("alert")).toContainText("could not be loaded");
  await page.keyboard.press("Escape");
  await expect(panel).toHaveCount(0);
  await button.click();
  await expect(panel.getByRole("alert")).toBeVisible();
  await page.unroute(WORKBENCH);
  await panel.getByRole("button", { name: "Try again" }).click();
  await expect(panel.getByRole("textbox", { name: "System prompt" })).toBeVisible();
  await expect(chat.message).toHaveValue(`${member.name} writes`);
});
