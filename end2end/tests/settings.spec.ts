// How the site looks in this browser.
import { hydrated } from "./support/hydration.ts";
import { expect, test } from "./support/test.ts";

test("a theme is taken at once, and is there from the first paint of the next page", async ({ page }) => {
  await page.goto("/settings");
  await hydrated(page);
  const background = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
  const light = await background();
  const isKept = page.waitForResponse("**/api/set_theme");
  await page.getByRole("radio", { name: "Dark" }).check();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  await expect.poll(background).not.toBe(light);
  await isKept;
  const document = await (await page.request.get("/")).text();
  expect(document).toMatch(/<html[^>]* data-theme="dark"/);
  await page.reload();
  await expect(page.getByRole("radio", { name: "Dark" })).toBeChecked();
});
