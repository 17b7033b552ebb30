import { addTodo, checkbox, expect, logIn, newApi, test, watch } from "./fixtures";

test.beforeEach(async ({ page, account }) => {
  expect(account.email).toBeTruthy();
  await page.goto("/");
});

test("a todo is added, completed, edited and deleted, and all of it lasts", async ({ page }) => {
  await addTodo(page, "Water the plants");
  await expect(page.getByLabel("New todo")).toHaveValue("");
  await expect(page.getByLabel("New todo")).toBeFocused();

  await page.getByRole("button", { name: "Edit “Water the plants”" }).click();
  await page.getByLabel("Title").fill("Water all plants");
  await page.getByLabel("Notes").fill("Not the cactus.");
  await page.getByLabel("Priority").selectOption("High");
  await page.getByLabel("Due date").fill("2031-05-17");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("status").filter({ hasText: "Saved “Water all plants”" })).toBeVisible();

  await checkbox(page, "Water all plants").check();
  await expect(page.getByRole("status").filter({ hasText: "Completed “Water all plants”" })).toBeVisible();

  await page.reload();
  await expect(checkbox(page, "Water all plants")).toBeChecked();
  const row = page.getByRole("listitem").filter({ has: checkbox(page, "Water all plants") });
  await expect(row).toContainText("Not the cactus.");
  await expect(row).toContainText("May 17, 2031");
  await expect(row).toContainText("High");

  await page.getByRole("button", { name: "Delete “Water all plants”" }).click();
  await expect(checkbox(page, "Water all plants")).toHaveCount(0);
  await expect(page.getByRole("status").filter({ hasText: "Deleted “Water all plants”" })).toBeVisible();
  await page.reload();
  await expect(page.getByText("Nothing here yet")).toBeVisible();
});

test("Escape leaves a todo as it was", async ({ page }) => {
  await addTodo(page, "Keep me");
  await page.getByRole("button", { name: "Edit “Keep me”" }).click();
  await page.getByLabel("Title").fill("Changed");
  await page.keyboard.press("Escape");
  await expect(checkbox(page, "Keep me")).toBeVisible();
  await expect(page.getByRole("button", { name: "Edit “Keep me”" })).toBeFocused();
});

test("a due time is the visitor's own", async ({ page }) => {
  await addTodo(page, "Call Tokyo");
  await page.getByRole("button", { name: "Edit “Call Tokyo”" }).click();
  await page.getByLabel("Due date").fill("2031-07-01");
  await page.getByLabel("Time").fill("09:30");
  const saved = page.waitForResponse((answer) => answer.request().method() === "PATCH");
  await page.keyboard.press("Enter");
  expect((await saved).request().postDataJSON()).toEqual({ due_at: "2031-07-01T09:30:00+02:00" });
  await expect(page.getByText("Jul 1, 2031, 09:30")).toBeVisible();
});

test("undo brings a deleted todo back as itself and takes a completion back", async ({ page }) => {
  await addTodo(page, "Oops");
  const id = await checkbox(page, "Oops").getAttribute("data-row");
  await page.getByRole("button", { name: "Delete “Oops”" }).click();
  await expect(checkbox(page, "Oops")).toHaveCount(0);
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(checkbox(page, "Oops")).toHaveAttribute("data-row", id ?? "none");

  await checkbox(page, "Oops").check();
  const undone = page.waitForResponse((answer) => answer.request().method() === "PATCH" && answer.request().postData() === '{"completed":false}');
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(checkbox(page, "Oops")).not.toBeChecked();
  await undone;
  await page.reload();
  await expect(checkbox(page, "Oops")).not.toBeChecked();
});

test("the filter shows its part, is kept in the address and follows Back", async ({ page }) => {
  await addTodo(page, "Still open");
  await addTodo(page, "Done already");
  await checkbox(page, "Done already").check();

  const filter = page.getByRole("navigation", { name: "Filter" });
  await filter.getByRole("link", { name: "Open" }).click();
  await expect(page).toHaveURL("/?filter=open");
  await expect(checkbox(page, "Done already")).toHaveCount(0);
  await expect(checkbox(page, "Still open")).toBeVisible();

  await filter.getByRole("link", { name: "Done" }).click();
  await expect(checkbox(page, "Done already")).toBeVisible();
  await expect(checkbox(page, "Still open")).toHaveCount(0);
  await page.reload();
  await expect(filter.getByRole("link", { name: "Done" })).toHaveAttribute("aria-current", "page");
  await expect(checkbox(page, "Done already")).toBeVisible();

  // What no longer matches leaves. The next page is rendered by the server, so the change must have reached it.
  const saved = page.waitForResponse((response) => response.request().method() === "PATCH");
  await checkbox(page, "Done already").click();
  await expect(page.getByText("Nothing done yet")).toBeVisible();
  await saved;

  await page.goBack();
  await expect(page).toHaveURL("/?filter=open");
  await expect(checkbox(page, "Done already")).toBeVisible();
});

test("a change that the server refuses is taken back and said, and the text is kept", async ({ page, tolerate }) => {
  await addTodo(page, "Stubborn");
  tolerate(/status of 500/);
  await page.route("**/api/todos**", (route) =>
    route.request().method() === "GET"
      ? route.continue()
      : route.fulfill({ status: 500, contentType: "application/problem+json", body: '{"code":"internal_error","title":"Something broke."}' }),
  );
  await checkbox(page, "Stubborn").click();
  await expect(page.getByRole("status").filter({ hasText: "Something broke." })).toBeVisible();
  await expect(checkbox(page, "Stubborn")).not.toBeChecked();
  await page.getByLabel("New todo").fill("Not now");
  await page.getByLabel("New todo").press("Enter");
  await expect(page.locator("main").getByRole("alert")).toHaveText("Something broke.");
  await expect(page.getByLabel("New todo")).toHaveValue("Not now");
});

test("a todo changed elsewhere in between is not overwritten", async ({ page, account, baseURL, tolerate }) => {
  await addTodo(page, "Contested");
  const id = await checkbox(page, "Contested").getAttribute("data-row");
  // This page hears nothing of what the other one does.
  await page.addInitScript(() => {
    window.EventSource = class extends EventTarget { close() {} } as unknown as typeof EventSource;
  });
  await page.reload();
  await expect(checkbox(page, "Contested")).toBeVisible();

  const other = await newApi(baseURL ?? "");
  await logIn(other, account);
  const theirs = await other.patch(`/api/todos/${id}`, { data: { title: "Theirs" } });
  expect(theirs.status()).toBe(200);

  tolerate(/status of 412/);
  await checkbox(page, "Contested").click();
  await expect(page.getByRole("status").filter({ hasText: "changed elsewhere" })).toBeVisible();
  await expect(checkbox(page, "Theirs")).not.toBeChecked();
  await other.dispose();
});

test("what happens in another browser shows here by itself", async ({ page, account, baseURL }) => {
  await addTodo(page, "Mine");
  const other = await newApi(baseURL ?? "");
  await logIn(other, account);
  const created = (await (await other.post("/api/todos", { data: { title: "From the other" } })).json()) as { id: string };
  await expect(checkbox(page, "From the other")).toBeVisible();
  await other.patch(`/api/todos/${created.id}`, { data: { completed: true } });
  await expect(checkbox(page, "From the other")).toBeChecked();
  await other.delete(`/api/todos/${created.id}`);
  await expect(checkbox(page, "From the other")).toHaveCount(0);
  await other.dispose();
});

test("two people never see each other's todos", async ({ page, newAccount, browser, baseURL }) => {
  await addTodo(page, "A secret");
  const id = await checkbox(page, "A secret").getAttribute("data-row");
  const stranger = await newAccount();
  const context = await browser.newContext({ baseURL });
  const complaints: string[] = [];
  const theirs = await context.newPage();
  watch(theirs, baseURL ?? "", complaints);
  await theirs.goto("/login");
  await theirs.getByLabel("Email").fill(stranger.email);
  await theirs.getByLabel("Password").fill(stranger.password);
  await theirs.getByRole("button", { name: "Log in" }).click();
  await expect(theirs.getByText("Nothing here yet")).toBeVisible();
  const headers = { Origin: baseURL ?? "" };
  const attempts = [
    await context.request.get(`/api/todos/${id}`),
    await context.request.patch(`/api/todos/${id}`, { headers, data: { title: "Taken" } }),
    await context.request.delete(`/api/todos/${id}`, { headers }),
    await context.request.post(`/api/todos/${id}/restore`, { headers }),
  ];
  expect(attempts.map((answer) => answer.status())).toEqual([404, 404, 404, 404]);
  expect(complaints).toEqual([]);
  await context.close();
  await page.reload();
  await expect(checkbox(page, "A secret")).toBeVisible();
});
