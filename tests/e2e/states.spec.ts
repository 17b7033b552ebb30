import { addTodo, checkbox, expect, test } from "./fixtures";

const AWAY = { status: 502, contentType: "application/problem+json", body: '{"code":"upstream_unreachable"}' };

test("with the server away the last list can be read, the page says so, and it recovers by itself", async ({ page, account, tolerate }) => {
  expect(account.email).toBeTruthy();
  await page.goto("/");
  await addTodo(page, "Still readable");
  tolerate(/status of 502/);
  let away = true;
  await page.route("**/api/todos**", (route) => (away ? route.fulfill(AWAY) : route.continue()));
  await page.route("**/api/todos/**", (route) => (away ? route.fulfill(AWAY) : route.continue()));
  await page.reload();
  const banner = page.locator("main").getByRole("alert").filter({ hasText: "cannot be reached" });
  await expect(banner).toBeVisible();
  await expect(checkbox(page, "Still readable")).toBeVisible();
  away = false;
  await expect(banner).toHaveCount(0);
  await expect(checkbox(page, "Still readable")).toBeVisible();
});

test("an address that does not exist leads back to the list", async ({ page, account, tolerate }) => {
  expect(account.email).toBeTruthy();
  tolerate(/status of 404/);
  await page.goto("/nowhere");
  await expect(page.getByRole("heading", { name: "There is no such page" })).toBeVisible();
  await page.getByRole("link", { name: "Go to your todos" }).click();
  await expect(page.getByRole("heading", { name: "Your todos" })).toBeVisible();
});
