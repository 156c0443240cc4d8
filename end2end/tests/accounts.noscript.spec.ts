// Accounts and settings in a browser that runs no scripts.
import { fillIn, someName } from "./support/person.ts";
import { expect, test } from "./support/test.ts";

test("without a script a bad password is told beside its field, and signing up goes on from there", async ({
  complaints,
  page,
}) => {
  complaints.tolerate(/status of 4\d\d/);
  const name = someName();
  await page.goto("/signup");
  await fillIn(page, name, "short");
  await page.getByRole("button", { name: "Sign up" }).click();
  const password = page.getByLabel("Password");
  await expect(password).toHaveAttribute("aria-invalid", "true");
  await expect(password).toHaveAccessibleDescription(/at least|shorter|longer/i);
  await fillIn(page, name);
  await page.getByRole("button", { name: "Sign up" }).click();
  await expect(page).toHaveURL("/");
  await expect(page.getByText(name)).toBeVisible();
});

test("without a script one logs out and in again", async ({ member, page }) => {
  await page.goto("/");
  await page.getByText(`Account: ${member.name}`).click();
  await page.getByRole("button", { name: "Log out" }).click();
  await expect(page.getByText(member.name)).toHaveCount(0);
  await page.getByRole("link", { name: "Log in" }).click();
  await fillIn(page, member.name);
  await page.getByRole("button", { name: "Log in" }).click();
  await expect(page.getByText(member.name)).toBeVisible();
});

test("without a script a theme is chosen and kept", async ({ page }) => {
  await page.goto("/settings");
  await page.getByRole("radio", { name: "Dark" }).check();
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("radio", { name: "Dark" })).toBeChecked();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  await page.goto("/");
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
});
