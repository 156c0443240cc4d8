// The page of a person's files in a browser that runs no scripts.
import { expect, test } from "./support/test.ts";

const file = (name: string, text: string) => ({ name, mimeType: "text/plain", buffer: Buffer.from(text) });

test("without a script files are stored, found, downloaded and deleted", async ({ complaints, member, page }) => {
  complaints.tolerate(/status of 4\d\d/);
  await page.goto("/files");
  await page.getByLabel("Upload files").setInputFiles([file("one.txt", "1"), file("two.txt", "22")]);
  await page.getByRole("button", { name: "Send them" }).click();
  await expect(page).toHaveURL(/\/files/);
  const rows = page.getByRole("list", { name: "Your files" }).getByRole("listitem");
  await expect(rows).toHaveCount(2);

  await page.getByRole("searchbox", { name: "Search files" }).fill("ONE");
  await page.getByRole("button", { name: "Search" }).click();
  await expect(rows).toHaveCount(1);
  const download = page.waitForEvent("download");
  await page.getByRole("link", { name: "Download one.txt" }).click();
  expect((await download).suggestedFilename()).toBe("one.txt");
  await page.getByLabel("Delete one.txt").click();
  await page.getByRole("button", { name: "Delete it" }).click();
  await expect(page.getByText("No file is called “ONE”")).toBeVisible();

  // What is refused comes back with why.
  await page.goto("/files");
  await page.getByLabel("Upload files").setInputFiles([file("empty.txt", "")]);
  await page.getByRole("button", { name: "Send them" }).click();
  await expect(page.getByRole("alert")).toContainText("empty.txt is empty");
  await expect(rows).toHaveCount(1);
  expect(member.name).toBeTruthy();
});
