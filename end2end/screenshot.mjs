// Makes the picture of the product that the README shows, from a server that runs:
//   node screenshot.mjs http://127.0.0.1:3000 picture.png [TOOL] [QUESTION]
// It signs somebody up, asks, waits for the answer and takes the page as it is in a light, wide window.
import { chromium } from "playwright-core";

const [url, picture, tool = "", question = "Explain ownership in Rust with a short example and a table."] =
  process.argv.slice(2);
if (!url || !picture) {
  console.error("usage: node screenshot.mjs URL PICTURE [TOOL] [QUESTION]");
  process.exit(2);
}

const ANSWER_MS = 300_000;

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"],
});
try {
  const context = await browser.newContext({
    baseURL: url,
    colorScheme: "light",
    viewport: { width: 1280, height: 820 },
    deviceScaleFactor: 2,
  });
  const page = await context.newPage();
  await page.goto("/signup");
  await page.getByLabel("Name", { exact: true }).fill(`reader-${Date.now() % 100_000}`);
  await page.getByLabel("Password").fill("correct horse battery");
  await page.getByRole("button", { name: "Sign up" }).click();
  await page.waitForURL("/");
  await page.goto(tool ? `/chat?tool=${encodeURIComponent(tool)}` : "/chat", { waitUntil: "networkidle" });
  await page.getByRole("textbox", { name: "Message" }).fill(question);
  await page.getByRole("button", { name: "Send", exact: true }).click();
  await page.waitForURL(/\/chat\/.+/);
  await page.locator("[role=log] .usage").last().waitFor({ timeout: ANSWER_MS });
  await page.waitForLoadState("networkidle");
  // From the question on, with nothing under the pointer.
  await page.mouse.move(0, 0);
  await page.evaluate(() => window.scrollTo(0, 0));
  await page.waitForTimeout(500);
  await page.screenshot({ path: picture });
} finally {
  await browser.close();
}
