import { addTodo, checkbox, expect, logIn, newApi, test, type Page } from "./fixtures";

test.beforeEach(({ account }) => { expect(account.email).toBeTruthy(); });

const group = (page: Page, name: string) => page.getByRole("list", { name: `Todos: ${name}` });

async function make(page: Page, origin: string, ...drafts: { title: string; due_at?: string; priority?: string }[]) {
  for (const data of drafts) {
    const answer = await page.request.post("/api/todos", { data, headers: { Origin: origin } });
    expect(answer.status()).toBe(201);
  }
}

test("an empty list has the cursor in the input and three examples; one click adds one", async ({ page }) => {
  await page.goto("/");
  await expect(page.getByLabel("New todo")).toBeFocused();
  const examples = page.getByRole("list", { name: "Example todos" }).getByRole("button");
  await expect(examples).toHaveCount(3);
  await page.getByRole("button", { name: "Add the example “Pay rent tomorrow 5pm p1”" }).click();
  await expect(checkbox(page, "Pay rent")).toBeEnabled();
  await expect(group(page, "Later").getByRole("listitem")).toContainText(["Tomorrow, 17:00"]);
});

test("todos are grouped by the reader's day, also when midnight passes", async ({ page, baseURL }) => {
  await page.clock.install({ time: new Date("2026-11-24T23:58:30+01:00") });
  await make(page, baseURL ?? "",
    { title: "Yesterday's", due_at: "2026-11-23" },
    { title: "Today's", due_at: "2026-11-24" },
    { title: "Tomorrow's", due_at: "2026-11-25" },
    // Still today in London, tomorrow in Berlin.
    { title: "After midnight", due_at: "2026-11-24T23:30:00Z" },
    { title: "Some day" },
  );
  await page.goto("/");
  await page.clock.runFor(1_000);
  await expect(group(page, "Overdue").getByRole("checkbox")).toHaveCount(1);
  await expect(group(page, "Today").getByRole("checkbox")).toHaveCount(1);
  await expect(group(page, "Later").getByRole("checkbox")).toHaveCount(3);
  await page.clock.fastForward("02:00");
  await expect(group(page, "Overdue").getByRole("checkbox")).toHaveCount(2);
  await expect(group(page, "Today").getByRole("checkbox")).toHaveCount(2);
  await expect(group(page, "Later").getByRole("checkbox")).toHaveCount(1);
});

test("search, filter and sort are kept in the address, and a search without a match clears", async ({ page, baseURL }) => {
  await make(page, baseURL ?? "", { title: "Café crème" }, { title: "Bread", priority: "low" }, { title: "Apples", priority: "high" });
  await page.goto("/");
  const titles = page.locator("[data-list] [data-row]");
  await page.getByLabel("Sort by").selectOption("Title");
  await expect(page).toHaveURL("/?sort=title");
  await expect(titles).toHaveCount(3);
  await expect(titles.first()).toHaveAccessibleName("Done: Apples");
  await page.getByLabel("Search todos").fill("CAFE");
  await expect(titles).toHaveCount(1);
  await expect(page).toHaveURL("/?q=CAFE&sort=title");
  await page.reload();
  await expect(page.getByLabel("Search todos")).toHaveValue("CAFE");
  await expect(checkbox(page, "Café crème")).toBeVisible();
  await expect(titles).toHaveCount(1);

  await page.getByLabel("Search todos").fill("nothing like it");
  await expect(page.getByText("Nothing matches “nothing like it”")).toBeVisible();
  await page.getByRole("button", { name: "Show everything" }).click();
  await expect(titles).toHaveCount(3);
  await expect(page).toHaveURL("/?sort=title");
  await page.goBack();
  await expect(page.getByLabel("Search todos")).toHaveValue("nothing like it");
});

test("ten thousand todos are all there, few of them as elements", async ({ page }) => {
  await page.goto("/");
  await addTodo(page, "Real");
  const template = ((await (await page.request.get("/api/todos")).json()) as { items: Record<string, unknown>[] }).items[0];
  // The backend is a stand-in here: making ten thousand todos would take longer than all other tests.
  await page.route(/\/api\/todos\?/, (route) => {
    const from = Number(new URL(route.request().url()).searchParams.get("cursor") ?? "0");
    const items = Array.from({ length: 100 }, (_, at) => {
      const number = from + at;
      return { ...template, id: `many-${number}`, title: `Todo number ${number}`, created_at: new Date(1.7e12 - number * 1000).toISOString() };
    });
    return route.fulfill({ json: { items, next_cursor: from + 100 < 10_000 ? String(from + 100) : null } });
  });
  await page.evaluate(() => {
    for (const hidden of [true, false]) {
      Object.defineProperty(document, "hidden", { configurable: true, value: hidden });
      document.dispatchEvent(new Event("visibilitychange"));
    }
  });
  await expect(page.getByRole("heading", { name: "Later" })).toContainText("10000", { timeout: 60_000 });
  const drawn = () => page.locator("[data-list] li").count();
  expect(await drawn()).toBeLessThan(100);
  await page.evaluate(() => { window.scrollTo(0, document.documentElement.scrollHeight); });
  await expect(checkbox(page, "Todo number 9999")).toBeVisible();
  expect(await drawn()).toBeLessThan(100);
  await page.getByLabel("Search todos").fill("number 5000");
  await expect(page.locator("[data-list] li")).toHaveCount(1);
});

test("two tabs agree within a second", async ({ page, context }) => {
  await page.goto("/");
  await addTodo(page, "Before");
  const other = await context.newPage();
  await other.goto("/");
  await expect(checkbox(other, "Before")).toBeVisible();
  await addTodo(page, "Shared");
  await expect(checkbox(other, "Shared")).toBeVisible({ timeout: 1_000 });
  await checkbox(other, "Shared").check();
  await expect(checkbox(page, "Shared")).toBeChecked({ timeout: 1_000 });
  await other.close();
});

test("the last list stays readable while the backend is down, and the page recovers by itself", async ({ page, account, baseURL, tolerate }) => {
  await page.goto("/");
  await addTodo(page, "Still here");
  tolerate(/status of 502/);
  const down = (route: { fulfill: (answer: object) => Promise<void> }) =>
    route.fulfill({ status: 502, contentType: "application/problem+json", body: '{"code":"upstream_unreachable","title":"Bad gateway"}' });
  await page.route(/\/api\/todos/, down);
  await page.evaluate(() => {
    // As when the tab is left and looked at again.
    for (const hidden of [true, false]) {
      Object.defineProperty(document, "hidden", { configurable: true, value: hidden });
      document.dispatchEvent(new Event("visibilitychange"));
    }
  });
  await expect(page.locator("main").getByRole("alert")).toContainText("The server cannot be reached right now");
  await expect(checkbox(page, "Still here")).toBeVisible();
  const api = await newApi(baseURL ?? "");
  await logIn(api, account);
  await api.post("/api/todos", { data: { title: "Meanwhile" } });
  await api.dispose();
  await page.unroute(/\/api\/todos/, down);
  await expect(checkbox(page, "Meanwhile")).toBeVisible();
  await expect(page.locator("main").getByRole("alert")).toHaveCount(0);
});
