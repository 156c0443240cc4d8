// Telling when the client has taken a page over.
import type { BrowserContext, Page } from "@playwright/test";

declare global {
  interface Window {
    isHydrated?: boolean;
  }
}

/** Has every page of a context note when it is hydrated: the client then listens to keys, or to the page's form. */
export async function noteHydration(context: BrowserContext): Promise<void> {
  await context.addInitScript(() => {
    const add = EventTarget.prototype.addEventListener;
    EventTarget.prototype.addEventListener = function (...args: Parameters<typeof add>) {
      const isClient = args[0] === "submit" || (args[0] === "keydown" && this === window);
      if (isClient) requestAnimationFrame(() => requestAnimationFrame(() => (window.isHydrated = true)));
      return add.apply(this, args);
    };
  });
}

/** Waits until the client has taken the page over. */
export async function hydrated(page: Page): Promise<void> {
  await page.waitForFunction(() => window.isHydrated);
}

/** Keeps the client out of a page; call what this gives to let it in. */
export async function holdClient(page: Page): Promise<() => void> {
  let letIn = () => {};
  const isLetIn = new Promise<void>((resolve) => (letIn = resolve));
  await page.route("**/*.wasm", async (route) => {
    await isLetIn;
    await route.continue();
  });
  return letIn;
}
