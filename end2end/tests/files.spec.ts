// The page of a person's files: stored, found, used and deleted.
import type { Locator, Page } from "@playwright/test";
import { hydrated } from "./support/hydration.ts";
import { png, text, type Attachable } from "./support/pictures.ts";
import { expect, test } from "./support/test.ts";

const notes = text("Notes.txt", "one two three");
const photo = png("photo.png", 640, 400);

async function open(page: Page, path = "/files"): Promise<Locator> {
  await page.goto(path);
  await hydrated(page);
  return page.getByRole("list", { name: "Your files" }).getByRole("listitem");
}

async function store(page: Page, files: Attachable[]): Promise<void> {
  await page.getByLabel("Upload files").setInputFiles(files);
  const list = page.getByRole("list", { name: "Your files" });
  for (const file of files) {
    await expect(list.getByText(file.name, { exact: true })).toBeVisible();
  }
  await expect(page.getByRole("list", { name: "Uploads" })).toHaveCount(0);
}

test("files are stored from the page, shown, found by name and deleted", async ({ member, page }) => {
  const rows = await open(page);
  await expect(page.getByRole("heading", { name: "Nothing here yet" })).toBeVisible();
  await store(page, [notes, photo]);
  await expect(rows).toHaveCount(2);
  await expect(rows.first()).toContainText("PNG · ");
  await expect(rows.first()).toContainText("640 × 400");
  const thumbnail = rows.first().locator("img");
  await expect.poll(() => thumbnail.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(96);
  await expect(page.getByText(/of 10 GB used/)).toBeVisible();

  await page.getByRole("searchbox", { name: "Search files" }).fill("notes");
  await page.getByRole("button", { name: "Search" }).click();
  await expect(page).toHaveURL("/files?q=notes");
  await expect(rows).toHaveCount(1);
  await page.getByText("Delete Notes.txt").or(page.getByLabel("Delete Notes.txt")).first().click();
  await expect(page.getByText("It is in none of your conversations.")).toBeVisible();
  await page.getByRole("button", { name: "Delete it" }).click();
  await expect(page.getByRole("heading", { name: "No file is called “notes”" })).toBeVisible();
  await page.getByRole("link", { name: "Show all files" }).click();
  await expect(rows).toHaveCount(1);
  await expect(page.getByText(member.name)).toBeVisible();
});

test("a file leads into a chat, and comes back as a download", async ({ member, page }) => {
  await open(page);
  await store(page, [notes]);
  const download = page.waitForEvent("download");
  await page.getByRole("link", { name: "Download Notes.txt" }).click();
  expect((await download).suggestedFilename()).toBe("Notes.txt");
  const use = page.getByRole("link", { name: "Use Notes.txt in chat" });
  await expect(use).toHaveAttribute("href", /^\/chat\?file=[0-9a-f-]{36}$/);
  await use.click();
  await expect(page.getByRole("textbox", { name: "Message" })).toBeVisible();
  await expect(page.getByText(member.name)).toBeVisible();
});

test("a file that is not taken says why in its place and can be dismissed", async ({ complaints, member, page }) => {
  complaints.tolerate(/status of 4\d\d/);
  await open(page);
  const heic = Buffer.concat([Buffer.from("\0\0\0\x18ftypheic\0\0\0\0heicmif1", "latin1")]);
  await page.getByLabel("Upload files").setInputFiles([{ name: "IMG_1.HEIC", mimeType: "image/heic", buffer: heic }, notes]);
  await expect(page.getByRole("alert")).toContainText("export it as JPEG");
  // One that is refused is no reason not to store the others.
  await expect(page.getByRole("list", { name: "Your files" }).getByText("Notes.txt")).toBeVisible();
  await page.getByRole("button", { name: "Dismiss IMG_1.HEIC" }).click();
  await expect(page.getByRole("alert")).toHaveCount(0);
  await expect(page.getByText(member.name)).toBeVisible();
});

test("an upload is cancelled in the middle, and files can be dropped", async ({ member, page }) => {
  const rows = await open(page);
  // Held back on its way, so that there is a middle.
  await page.route("**/api/upload_file", async (route) => {
    await new Promise((resolve) => setTimeout(resolve, 60_000));
    await route.abort();
  });
  await page.getByLabel("Upload files").setInputFiles([photo]);
  await page.getByRole("button", { name: "Cancel the upload of photo.png" }).click();
  await expect(page.getByRole("list", { name: "Uploads" })).toHaveCount(0);
  await page.unroute("**/api/upload_file");

  const dropped = await page.evaluateHandle(() => {
    const data = new DataTransfer();
    data.items.add(new File(["dropped words"], "dropped.txt", { type: "text/plain" }));
    return data;
  });
  await page.locator(".upload-form").dispatchEvent("drop", { dataTransfer: dropped });
  await expect(rows).toHaveCount(1);
  await expect(rows.first()).toContainText("dropped.txt");
  await expect(page.getByText(member.name)).toBeVisible();
});

test("the page is worked by the keyboard alone", async ({ member, page }) => {
  // From the start: a browser that is told so at the key may have opened its own dialog by then.
  page.on("filechooser", (chooser) => void chooser.setFiles([photo]));
  const rows = await open(page);
  await store(page, [notes]);
  await page.getByLabel("Upload files").focus();
  await page.keyboard.press("Enter");
  await expect(rows).toHaveCount(2);
  await rows.first().getByLabel("Delete photo.png").focus();
  // What was deleted before it was told where it is used is not found, which the browser notes.
  const told = page.waitForResponse("**/api/file_use");
  await page.keyboard.press("Enter");
  await told;
  await page.keyboard.press("Tab");
  await expect(page.getByRole("button", { name: "Delete it" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(rows).toHaveCount(1);
  await expect(page.getByText(member.name)).toBeVisible();
});

test.describe("in one hand", () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });

  test("what one presses is large enough, and a long name breaks nothing", async ({ member, page }) => {
    const rows = await open(page);
    const long = { ...notes, name: `${"a-very-long-name-".repeat(7)}.txt` };
    await page.getByLabel("Upload files").setInputFiles([long]);
    await expect(rows).toHaveCount(1);
    for (const target of [
      rows.first().getByRole("link", { name: /^Use / }),
      rows.first().getByRole("link", { name: /^Download / }),
      rows.first().getByLabel(/^Delete /),
      page.locator("label", { hasText: "Upload files" }),
    ]) {
      const box = await target.boundingBox();
      expect(Math.min(box?.width ?? 0, box?.height ?? 0), `${target}`).toBeGreaterThanOrEqual(44);
    }
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(overflow).toBeLessThanOrEqual(0);
    expect(member.name).toBeTruthy();
  });
});

test("somebody who is not logged in is shown the way in", async ({ page }) => {
  await page.goto("/files");
  await hydrated(page);
  await expect(page.getByRole("main").getByRole("link", { name: "Log in" })).toHaveAttribute("href", "/login?next=/files");
});
