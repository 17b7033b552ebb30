import { addTodo, checkbox, expect, test, type Page } from "./fixtures";

test.beforeEach(async ({ page, account }) => {
  expect(account.email).toBeTruthy();
  await page.goto("/");
});

const said = (page: Page, text: string) => expect(page.getByRole("status").filter({ hasText: text })).toBeVisible();

test("Ctrl+Z takes back what was deleted, completed, edited and added, the last first, also after a reload", async ({ page }) => {
  await addTodo(page, "One");
  const id = await checkbox(page, "One").getAttribute("data-row");
  await checkbox(page, "One").check();
  await said(page, "Completed “One”");
  await page.getByRole("button", { name: "Edit “One”" }).click();
  await page.getByLabel("Title").fill("Other");
  await page.getByLabel("Title").press("Enter");
  await said(page, "Saved “Other”");
  await page.getByRole("button", { name: "Delete “Other”" }).click();
  await said(page, "Deleted “Other”");

  await page.reload();
  await expect(page.getByText("Nothing here yet")).toBeVisible();
  await page.keyboard.press("Control+z");
  await said(page, "Undone: Deleted “Other”");
  await expect(checkbox(page, "Other")).toHaveAttribute("data-row", id ?? "none");
  await page.keyboard.press("Control+z");
  await said(page, "Undone: Saved “Other”");
  await expect(checkbox(page, "One")).toBeChecked();
  await page.keyboard.press("Control+z");
  await said(page, "Undone: Completed “One”");
  await expect(checkbox(page, "One")).not.toBeChecked();
  await page.getByRole("button", { name: "Take back: Added “One”" }).click();
  await said(page, "Undone: Added “One”");
  await page.reload();
  await expect(page.getByText("Nothing here yet")).toBeVisible();
});

test("many are chosen with Shift, changed in one act and brought back by one undo", async ({ page }) => {
  for (const title of ["A", "B", "C", "D"]) await addTodo(page, title);
  await page.getByRole("button", { name: "Select", exact: true }).click();
  await page.getByRole("checkbox", { name: "Select: D" }).click();
  await page.getByRole("checkbox", { name: "Select: B" }).click({ modifiers: ["Shift"] });
  const bar = page.getByRole("toolbar", { name: "Selected todos" });
  await expect(bar).toContainText("3 selected");
  await bar.getByRole("button", { name: "Delete" }).click();
  await said(page, "Deleted 3 todos");
  await expect(page.locator("[data-list] [data-row]")).toHaveCount(1);
  await page.keyboard.press("Control+z");
  await said(page, "Undone: Deleted 3 todos");
  await page.reload();
  await expect(page.locator("[data-list] [data-row]")).toHaveCount(4);

  await checkbox(page, "D").focus();
  await page.keyboard.press("x");
  await page.keyboard.press("Shift+ArrowDown");
  await expect(bar).toContainText("2 selected");
  await bar.getByRole("button", { name: "Complete" }).click();
  await said(page, "Completed 2 todos");
  await page.keyboard.press("Control+z");
  await said(page, "Undone: Completed 2 todos");
  await expect(page.getByRole("list", { name: "Todos: Done" })).toHaveCount(0);
});

test("what the server refuses is taken back, and Retry does it with the same text", async ({ page, tolerate }) => {
  await addTodo(page, "Stubborn");
  tolerate(/status of 500/);
  const refuse = (route: { fulfill: (answer: object) => Promise<void> }) =>
    route.fulfill({ status: 500, contentType: "application/problem+json", body: '{"code":"internal_error","title":"Something broke."}' });
  await page.route(/\/api\/todos\/[0-9a-f-]{36}$/, refuse);
  await page.getByRole("button", { name: "Edit “Stubborn”" }).click();
  await page.getByLabel("Title").fill("Written with care");
  await page.getByLabel("Title").press("Enter");
  await said(page, "Something broke.");
  await expect(checkbox(page, "Stubborn")).toBeVisible();
  await page.unroute(/\/api\/todos\/[0-9a-f-]{36}$/, refuse);
  await page.getByRole("button", { name: "Retry" }).click();
  await expect(checkbox(page, "Written with care")).toBeVisible();
  await said(page, "Saved “Written with care”");
});

test("a double click acts once", async ({ page }) => {
  for (const title of ["Upper", "Lower"]) await addTodo(page, title);
  await page.getByRole("button", { name: "Delete “Lower”" }).dblclick();
  await said(page, "Deleted “Lower”");
  await expect(checkbox(page, "Upper")).toBeVisible();
  await checkbox(page, "Upper").dblclick();
  await said(page, "Completed “Upper”");
  await expect(checkbox(page, "Upper")).toBeChecked();
});
