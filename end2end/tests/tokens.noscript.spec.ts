// Tokens in a browser that runs no scripts.
import { expect, test } from "./support/test.ts";

test("without a script a token is made, shown by the next page only, and revoked", async ({
  complaints,
  member,
  page,
}) => {
  // A page that nothing takes over is looked at for longer than a browser keeps what it fetched in advance.
  complaints.tolerate(/link preload/);
  expect(member.name).toBeTruthy();
  await page.goto("/settings");
  await page.getByText("New token").click();
  await page.getByLabel("Name", { exact: true }).fill("a script");
  await page.getByRole("button", { name: "Make token" }).click();
  const token = page.getByRole("textbox", { name: "Token" });
  await expect(token).toHaveValue(/^iai-/);
  await page.reload();
  await expect(token).toHaveCount(0);
  await page.getByLabel("Revoke a script").click();
  await page.getByRole("button", { name: "Revoke it" }).click();
  await expect(page.getByText("You have no tokens.")).toBeVisible();
});
