// Browser tests of the whole product: the real server, the real client, and a scripted service behind them.
//   npx playwright test                                all of them
//   npx playwright test --project=hydrated chat        some
//   npx playwright test --project=postgres             those that store things, on TEST_POSTGRES_URL
// They run the debug build; INSPIREAI_BIN and INSPIREAI_UPSTREAM_BIN name other programs.
import { defineConfig } from "@playwright/test";
import type { DatabaseKind } from "./tests/support/app.ts";

const WITHOUT_SCRIPT = /\.noscript\.spec\.ts$/;

/** What has to do with stored things, which must be the same on every database. */
const STORED = /(catalogue|chat|conversations|files|newcomer|restart|settings)\.spec\.ts$/;

export default defineConfig<object, { database: DatabaseKind }>({
  testDir: "tests",
  outputDir: "test-results",
  // Each worker has a server of its own, and builds may be running beside them.
  workers: 2,
  // A busy machine may miss a frame once; what passes only the second time is listed as flaky.
  retries: process.env.CI ? 1 : 0,
  forbidOnly: true,
  timeout: 60_000,
  expect: { timeout: 15_000 },
  reporter: "list",
  use: {
    browserName: "chromium",
    locale: "en-GB",
    viewport: { width: 1280, height: 800 },
    screenshot: "only-on-failure",
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    },
  },
  projects: [
    { name: "hydrated", testIgnore: WITHOUT_SCRIPT },
    { name: "postgres", testMatch: STORED, testIgnore: WITHOUT_SCRIPT, use: { database: "postgres" } },
    { name: "without-script", testMatch: WITHOUT_SCRIPT, use: { javaScriptEnabled: false } },
  ],
});
