// What the first page costs a newcomer's connection.
import { hydrated } from "./support/hydration.ts";
import { expect, test } from "./support/test.ts";

const MAX_REQUESTS = 20;
/** In kilobytes. The chat brings a composer that takes files, a voice and calls, and room for little more. */
const LIMITS = { "/": 450, "/chat": 500 };

for (const [path, limit] of Object.entries(LIMITS)) {
  test(`${path} as the first page transfers at most ${limit} KB in at most ${MAX_REQUESTS} requests`, async ({ page }) => {
    const browser = await page.context().newCDPSession(page);
    const addresses = new Map<string, string>();
    const sizes: { address: string; bytes: number }[] = [];
    browser.on("Network.requestWillBeSent", ({ requestId, request }) => addresses.set(requestId, request.url));
    browser.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
      const address = addresses.get(requestId) ?? "";
      if (address.startsWith("http")) sizes.push({ address: new URL(address).pathname, bytes: encodedDataLength });
    });
    await browser.send("Network.enable");
    await page.goto(path, { waitUntil: "load" });
    // What comes later comes because it may be wanted next, and nobody waits for it.
    await hydrated(page);
    const kilobytes = sizes.reduce((sum, { bytes }) => sum + bytes, 0) / 1000;
    const listed = sizes.map(({ address, bytes }) => `${address} ${bytes}`).join("\n");
    test.info().annotations.push({ type: "kilobytes", description: kilobytes.toFixed(0) });
    expect(sizes.some(({ address }) => address.endsWith(".wasm")), listed).toBe(true);
    expect(kilobytes, listed).toBeLessThanOrEqual(limit);
    expect(sizes.length, listed).toBeLessThanOrEqual(MAX_REQUESTS);
  });
}
