// Finding a tool.
import { hydrated } from "./support/hydration.ts";
import { expect, test } from "./support/test.ts";

test("a search in the address bar is a search", async ({ page }) => {
  await page.goto("/tools?q=translate");
  await expect(page.getByRole("searchbox", { name: "Search tools" })).toHaveValue("translate");
  await expect(page.getByRole("main").getByRole("status")).toHaveText(/^[1-9]\d* tools?$/);
  await expect(page.getByRole("article").first()).toBeVisible();
});

test("a search changes the address and the list, and back undoes it", async ({ page }) => {
  await page.goto("/tools");
  await hydrated(page);
  const status = page.getByRole("main").getByRole("status");
  const all = (await status.textContent()) ?? "";
  await page.getByRole("searchbox", { name: "Search tools" }).fill("elevenlabs");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL("/tools?q=elevenlabs");
  await expect(page.getByRole("article").first()).toContainText("ElevenLabs");
  await expect(status).not.toHaveText(all);
  await page.goBack();
  await expect(page).toHaveURL("/tools");
  await expect(status).toHaveText(all);
  await expect(page.getByRole("searchbox", { name: "Search tools" })).toHaveValue("");
});

test("a category's chip filters by it and tells how many there are", async ({ page }) => {
  await page.goto("/tools");
  await hydrated(page);
  const chip = page.getByRole("navigation", { name: "Categories" }).getByRole("link", { name: /^Translation/ });
  const count = /\d+/.exec((await chip.textContent()) ?? "")?.[0];
  await chip.click();
  await expect(page).toHaveURL("/tools?category=translation");
  await expect(chip).toHaveAttribute("aria-current", "true");
  await expect(page.getByRole("main").getByRole("status")).toHaveText(`${count} tools`);
  await expect(page.getByRole("article")).toHaveCount(Number(count));
});

test("a search stays within the category that is chosen", async ({ page }) => {
  await page.goto("/tools?category=translation");
  await hydrated(page);
  await page.getByRole("searchbox", { name: "Search tools" }).fill("deepl");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/tools\?(?=.*q=deepl)(?=.*category=translation)/);
});

test("a long list has pages that can be turned", async ({ page }) => {
  await page.goto("/tools");
  await hydrated(page);
  const pager = page.getByRole("navigation", { name: "Pages" });
  const first = (await page.getByRole("heading", { level: 3 }).first().textContent()) ?? "";
  await expect(pager.getByText("Previous")).toHaveAttribute("aria-disabled", "true");
  await pager.getByRole("link", { name: "Next" }).click();
  await expect(page).toHaveURL("/tools?page=2");
  await expect(pager).toContainText("Page 2 of");
  await expect(page.getByRole("heading", { level: 3 }).first()).not.toHaveText(first);
  await page.goBack();
  await expect(page.getByRole("heading", { level: 3 }).first()).toHaveText(first);
});

test("a search that finds nothing leads on", async ({ page }) => {
  await page.goto("/tools?q=zzzzqqq");
  await hydrated(page);
  await expect(page.getByRole("heading", { name: "Nothing matches “zzzzqqq”" })).toBeVisible();
  await expect(page.getByRole("main").getByRole("status")).toHaveText("No tools");
  await page.getByRole("list", { name: "Other searches" }).getByRole("link").first().click();
  await expect(page.getByRole("article").first()).toBeVisible();
});

test("a tool that one cannot chat with says why, and leads to its site", async ({ page }) => {
  await page.goto("/tools/claude");
  await expect(page.getByText("Claude is used on its own site.")).toBeVisible();
  await expect(page.getByRole("link", { name: "Website" })).toHaveAttribute("href", /^https:/);
  await expect(page.getByRole("link", { name: "Try in chat" })).toHaveCount(0);
});

test("a tool that is not there is said to be missing, with the status 404", async ({ complaints, page }) => {
  complaints.tolerate(/status of 404/);
  const response = await page.goto("/tools/no-such-tool");
  expect(response?.status()).toBe(404);
  await hydrated(page);
  await expect(page.getByRole("heading", { level: 1, name: "There is no such tool" })).toBeVisible();
  await page.getByRole("main").getByRole("link", { name: "Browse tools" }).click();
  await expect(page.getByRole("article").first()).toBeVisible();
});

test("an address without a page is said to lead nowhere, with the status 404", async ({ complaints, page }) => {
  complaints.tolerate(/status of 404/);
  const response = await page.goto("/no/such/page");
  expect(response?.status()).toBe(404);
  await hydrated(page);
  await expect(page.getByRole("heading", { level: 1, name: "There is no page here" })).toBeVisible();
  await page.getByRole("main").getByRole("link", { name: "Go home" }).click();
  await expect(page).toHaveURL("/");
  await expect(page.getByRole("heading", { level: 1 })).toContainText("Find the right AI tool");
});
