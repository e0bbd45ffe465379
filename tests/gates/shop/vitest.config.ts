import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["src/**/*.test.ts"],
    reporters: ["default", ["json", { outputFile: "out/vitest.json" }]],
    coverage: {
      enabled: true,
      include: ["src/**/*.ts"],
      reporter: ["lcov"],
      reportsDirectory: "coverage",
    },
  },
});
