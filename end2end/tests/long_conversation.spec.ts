// Long conversations: the page holds their end, and the rest comes when one goes to it, without moving what is read.
import type { Locator, Page } from "@playwright/test";
import { hydrated } from "./support/hydration.ts";
import { expect, test } from "./support/test.ts";
import { bringIn, line } from "./support/threads.ts";

const COUNT = 330;
const PER_PAGE = 60;

const messages = (page: Page) => page.getByRole("log", { name: "Conversation" }).getByRole("article");
const message = (page: Page, index: number) => messages(page).filter({ hasText: line(index) });
const more = (page: Page) => page.getByRole("button", { name: "Show earlier messages" });

/** Opens a page as a person does, who sees its end. */
async function open(page: Page, path: string): Promise<void> {
  await page.goto(path);
  await hydrated(page);
  await expect(message(page, COUNT)).toBeInViewport();
}

/** Where something is in the window, once it has come to rest. */
async function place(target: Locator): Promise<number> {
  const look = () => target.evaluate((element) => element.getBoundingClientRect().top);
  let last = await look();
  await expect
    .poll(async () => {
      const before = last;
      last = await look();
      return last - before;
    }, { intervals: [200] })
    .toBe(0);
  return last;
}

/** Holds the answers about earlier messages back until they are let go. */
async function hold(page: Page): Promise<() => void> {
  let release = () => {};
  const isReleased = new Promise<void>((resolve) => (release = resolve));
  await page.route("**/api/earlier_messages", async (route) => {
    await isReleased;
    await route.continue();
  });
  return release;
}

/** Turns the wheel upwards until the page looks for what is before it. */
async function scrollUp(page: Page): Promise<void> {
  const asked = page.waitForRequest("**/api/earlier_messages");
  await page.mouse.move(600, 300);
  let isAsked = false;
  void asked.then(() => (isAsked = true));
  while (!isAsked) {
    await page.mouse.wheel(0, -600);
    await page.evaluate(() => new Promise(requestAnimationFrame));
  }
}

test("a long conversation opens at its end, and neither page nor transfer holds more", async ({ member, page }) => {
  const path = await bringIn(page, COUNT);
  const response = await page.request.get(path);
  const html = await response.text();
  expect(html, member.name).toContain(line(COUNT));
  expect(html).toContain(line(COUNT - PER_PAGE + 1));
  expect(html).not.toContain(line(COUNT - PER_PAGE));
  await open(page, path);
  await expect(messages(page)).toHaveCount(PER_PAGE);
  expect(await page.evaluate(() => document.querySelectorAll("*").length)).toBeLessThan(3_500);
});

test("scrolling up brings earlier messages, and what is read stays where it is", async ({ member, page }) => {
  await open(page, await bringIn(page, COUNT));
  for (const round of [1, 2, 3]) {
    const first = message(page, COUNT - round * PER_PAGE + 1);
    const release = await hold(page);
    await scrollUp(page);
    await expect(page.getByRole("button", { name: "Loading earlier messages…" }), member.name).toBeAttached();
    const before = await place(first);
    release();
    await expect(messages(page)).toHaveCount((round + 1) * PER_PAGE);
    expect(Math.abs((await place(first)) - before), `round ${round}`).toBeLessThanOrEqual(1);
    await page.unroute("**/api/earlier_messages");
  }
  await expect(page.getByRole("button", { name: "Latest" })).toBeVisible();
});

test("at the very top nothing moves either, and the browser does not add to it", async ({ member, page }) => {
  await open(page, await bringIn(page, COUNT));
  const release = await hold(page);
  const first = message(page, COUNT - PER_PAGE + 1);
  await page.keyboard.press("Home");
  await expect(page.getByRole("button", { name: "Loading earlier messages…" }), member.name).toBeInViewport();
  const before = await place(first);
  expect(await page.evaluate(() => window.scrollY)).toBe(0);
  release();
  await expect(messages(page)).toHaveCount(2 * PER_PAGE);
  expect(Math.abs((await place(first)) - before)).toBeLessThanOrEqual(1);
  expect(await page.evaluate(() => document.documentElement.className)).not.toContain("keeps-place");
});

test("the keyboard leads to the beginning, and the focus is never lost", async ({ member, page }) => {
  await open(page, await bringIn(page, COUNT));
  const beginning = page.getByText("The conversation begins here.");
  // What has the focus is scrolled to, and that loads.
  await more(page).focus();
  await expect(messages(page)).toHaveCount(2 * PER_PAGE);
  for (let shown = 3 * PER_PAGE; shown < COUNT; shown += PER_PAGE) {
    await expect(more(page)).toBeFocused();
    await page.keyboard.press("Enter");
    await expect(messages(page)).toHaveCount(shown);
  }
  await expect(page.getByRole("main").getByRole("status").filter({ hasText: "300 are on the page" })).toHaveCount(1);
  await expect(more(page)).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(messages(page)).toHaveCount(COUNT);
  await expect(beginning, member.name).toBeFocused();
  await expect(more(page)).toHaveCount(0);
  const numbers = await messages(page).evaluateAll((all) => all.map((one) => /Message (\d+)/.exec(one.textContent ?? "")?.[1]));
  expect(numbers).toEqual(Array.from({ length: COUNT }, (_, index) => String(index + 1).padStart(4, "0")));
});

test("earlier messages that do not come are told of and can be asked for again", async ({ complaints, member, page }) => {
  await open(page, await bringIn(page, COUNT));
  complaints.tolerate(/ERR_FAILED|Failed to load resource/);
  await page.route("**/api/earlier_messages", (route) => route.abort());
  await more(page).focus();
  const earlier = page.locator(".earlier");
  await expect(earlier.getByRole("alert"), member.name).toBeVisible();
  const again = earlier.getByRole("button", { name: "Try again" });
  await expect(again).toBeFocused();
  await expect(messages(page)).toHaveCount(PER_PAGE);
  await page.unroute("**/api/earlier_messages");
  await again.press("Enter");
  await expect(messages(page)).toHaveCount(2 * PER_PAGE);
  await expect(earlier.getByRole("alert")).toHaveCount(0);
});

test("a short conversation has nothing to say about earlier messages", async ({ member, page }) => {
  await page.goto(await bringIn(page, 12));
  await hydrated(page);
  await expect(messages(page), member.name).toHaveCount(12);
  await expect(page.locator(".earlier")).toHaveCount(0);
});
