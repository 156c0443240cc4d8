// Tokens for programs, made and taken back in the settings.
import { hydrated } from "./support/hydration.ts";
import { expect, test } from "./support/test.ts";

test("a token is made, shown once, used by a program and revoked", async ({ complaints, member, page, request }) => {
  complaints.tolerate(/status of 4\d\d/);
  expect(member.name).toBeTruthy();
  await page.goto("/settings");
  await hydrated(page);
  await expect(page.getByText("You have no tokens.")).toBeVisible();
  await page.getByText("New token").click();
  await page.getByLabel("Name", { exact: true }).fill("laptop");
  await page.getByRole("checkbox", { name: "Make images" }).uncheck();
  await page.getByLabel("Expires").selectOption({ label: "In 30 days" });
  await page.getByRole("button", { name: "Make token" }).click();

  const token = page.getByRole("textbox", { name: "Token" });
  await expect(token).toBeFocused();
  const secret = await token.inputValue();
  expect(secret).toMatch(/^iai-[\w-]{43}$/);
  const row = page.getByRole("list", { name: "Your tokens" }).getByRole("listitem");
  await expect(row).toContainText("laptop");
  await expect(row).not.toContainText("Make images");
  await expect(page.getByRole("button", { name: "Copy token" })).toBeVisible();

  const ask = () => request.get("/v1/models", { headers: { authorization: `Bearer ${secret}` } });
  expect((await ask()).status()).toBe(200);
  await page.reload();
  await hydrated(page);
  await expect(page.getByRole("textbox", { name: "Token" })).toHaveCount(0);
  await expect(row).toContainText("last used");

  await page.getByLabel("Revoke laptop").click();
  await page.getByRole("button", { name: "Revoke it" }).click();
  await expect(page.getByText("You have no tokens.")).toBeVisible();
  expect((await ask()).status()).toBe(401);
});

test("a token without a scope is refused beside the boxes, and what was filled in stays", async ({
  complaints,
  member,
  page,
}) => {
  complaints.tolerate(/status of 4\d\d/);
  expect(member.name).toBeTruthy();
  await page.goto("/settings");
  await hydrated(page);
  await page.getByText("New token").click();
  await page.getByLabel("Name", { exact: true }).fill("laptop");
  for (const box of await page.getByRole("group", { name: "It may" }).getByRole("checkbox").all()) await box.uncheck();
  await page.getByRole("button", { name: "Make token" }).click();
  await expect(page.getByRole("group", { name: "It may" }).getByRole("alert")).toContainText("at least one");
  await expect(page.getByLabel("Name", { exact: true })).toHaveValue("laptop");
});
