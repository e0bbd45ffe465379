import { defineConfig } from "@playwright/test";

const address = "http://127.0.0.1:4319";

export default defineConfig({
  testDir: "e2e",
  outputDir: "out/playwright",
  use: {
    baseURL: address,
    launchOptions: {
      executablePath: "/usr/bin/chromium",
      args: ["--no-sandbox", "--disable-gpu"],
    },
  },
  webServer: {
    command: "node dist/server.js",
    url: address,
    env: { PORT: "4319" },
  },
});
