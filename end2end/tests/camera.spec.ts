// Taking a photo with a camera that Chromium makes up.
import type { Page } from "@playwright/test";
import { Attachments } from "./support/attachments.ts";
import { Chat } from "./support/chat.ts";
import { expect, test } from "./support/test.ts";

declare global {
  interface Window {
    cameraStreams: MediaStream[];
  }
}

test.use({
  launchOptions: {
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--use-fake-device-for-media-stream"],
  },
});

/** Remembers every stream that the page is given. */
async function watchCamera(page: Page): Promise<void> {
  await page.addInitScript(() => {
    window.cameraStreams = [];
    const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    navigator.mediaDevices.getUserMedia = async (constraints) => {
      const stream = await ask(constraints);
      window.cameraStreams.push(stream);
      return stream;
    };
  });
}

/** How many cameras are on. */
function cameras(page: Page): Promise<number> {
  return page.evaluate(
    () => window.cameraStreams.flatMap((stream) => stream.getTracks()).filter((track) => track.readyState === "live").length,
  );
}

test("a photo is taken and attached, and the camera is off after that", async ({ context, member, page }) => {
  expect(member.name).toBeTruthy();
  await context.grantPermissions(["camera"]);
  await watchCamera(page);
  await Chat.open(page, "echo");
  await page.getByRole("button", { name: "Take a photo" }).click();
  const dialog = page.getByRole("dialog", { name: "Take a photo" });
  await expect(dialog.getByRole("button", { name: "Take photo" })).toBeEnabled();
  expect(await cameras(page)).toBe(1);
  await dialog.getByRole("button", { name: "Take photo" }).click();
  await expect(dialog).toBeHidden();
  await new Attachments(page).stored("photo.jpg");
  await expect(new Attachments(page).chip("photo.jpg").locator("img")).toBeVisible();
  await expect.poll(() => cameras(page)).toBe(0);
});

test("closing the dialog and changing the camera switch the camera off", async ({ context, member, page }) => {
  expect(member.name).toBeTruthy();
  await context.grantPermissions(["camera"]);
  await watchCamera(page);
  await Chat.open(page, "echo");
  const opener = page.getByRole("button", { name: "Take a photo" });
  await opener.click();
  const dialog = page.getByRole("dialog", { name: "Take a photo" });
  await expect(dialog.getByRole("button", { name: "Take photo" })).toBeEnabled();
  await dialog.getByRole("button", { name: "Other camera" }).click();
  await expect.poll(() => page.evaluate(() => window.cameraStreams.length)).toBe(2);
  await expect.poll(() => cameras(page)).toBe(1);
  await page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();
  await expect(opener).toBeFocused();
  await expect.poll(() => cameras(page)).toBe(0);
});

test("a camera that may not be used is explained", async ({ member, page }) => {
  expect(member.name).toBeTruthy();
  await page.addInitScript(() => {
    navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException("no", "NotAllowedError"));
  });
  await Chat.open(page, "echo");
  await page.getByRole("button", { name: "Take a photo" }).click();
  const dialog = page.getByRole("dialog", { name: "Take a photo" });
  await expect(dialog.getByRole("alert")).toContainText("This site may not use the camera.");
  await expect(dialog.getByRole("button", { name: "Take photo" })).toBeDisabled();
});

test("a machine without a camera, and a page that is not secure, are explained", async ({ member, page }) => {
  expect(member.name).toBeTruthy();
  await page.addInitScript(() => {
    navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException("none", "NotFoundError"));
  });
  await Chat.open(page, "echo");
  await page.getByRole("button", { name: "Take a photo" }).click();
  const alert = page.getByRole("dialog", { name: "Take a photo" }).getByRole("alert");
  await expect(alert).toContainText("No camera was found.");
  await page.evaluate(() => Object.defineProperty(navigator, "mediaDevices", { value: undefined }));
  await alert.getByRole("button", { name: "Try again" }).click();
  await expect(alert).toContainText("Browsers let only secure pages use the camera");
});
