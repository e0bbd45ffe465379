import { expect, test } from "@playwright/test";

test("the shop shows what bread costs", async ({ page }) => {
  await page.goto("/");
  await expect(page.getByText("Bread: 375")).toBeVisible();
});
