import { addTodo, checkbox, conversation, expect, say, test } from "./fixtures";

test.beforeEach(async ({ page, account }) => {
  expect(account.email).toBeTruthy();
  await page.goto("/");
});

test("the assistant adds, completes and deletes, and each can be undone", async ({ page }) => {
  await say(page, "add water the cactus");
  await expect(conversation(page).getByText("Added", { exact: true })).toBeVisible();
  await expect(checkbox(page, "water the cactus")).toBeVisible();

  await say(page, "complete water the cactus");
  await expect(conversation(page).getByText("Completed", { exact: true })).toBeVisible();
  await expect(checkbox(page, "water the cactus")).toBeChecked();

  await say(page, "delete water the cactus");
  await expect(checkbox(page, "water the cactus")).toHaveCount(0);
  await page.getByRole("button", { name: "Undo: Deleted water the cactus" }).click();
  await expect(checkbox(page, "water the cactus")).toBeChecked();
  await expect(conversation(page).getByText("Undone", { exact: true })).toBeVisible();
});

test("it lists what is open", async ({ page }) => {
  await addTodo(page, "First thing");
  await addTodo(page, "Second thing");
  await say(page, "show my open todos");
  await expect(conversation(page).getByText("Found: 2 todos")).toBeVisible();
  await expect(conversation(page).getByRole("listitem").filter({ hasText: /^First thing$/ })).toBeVisible();
});

test("deleting many needs a yes: Cancel changes nothing, Confirm deletes", async ({ page }) => {
  await addTodo(page, "One");
  await addTodo(page, "Two");
  await say(page, "delete all my todos");
  const question = page.getByRole("group", { name: "Please confirm" });
  await expect(question).toContainText("One");
  await expect(question).toContainText("Two");
  await question.getByRole("button", { name: "Cancel" }).click();
  await expect(question).toContainText("Nothing was changed");
  await page.reload();
  await expect(page.getByRole("checkbox")).toHaveCount(2);

  await say(page, "delete all my todos");
  await page.getByRole("button", { name: "Confirm" }).click();
  await expect(conversation(page).getByText(/^Deleted: 2 todos$/)).toBeVisible();
  await expect(page.getByText("Nothing here yet")).toBeVisible();
});

test("when several match, it asks which one and a click answers", async ({ page }) => {
  await addTodo(page, "buy milk");
  await addTodo(page, "buy bread");
  await say(page, "complete buy");
  const choices = page.getByRole("list", { name: "Choices" });
  await choices.getByRole("button", { name: "buy bread" }).click();
  await expect(checkbox(page, "buy bread")).toBeChecked();
  await expect(checkbox(page, "buy milk")).not.toBeChecked();
  await expect(choices).toHaveCount(0);
});

test("a question beyond the rules is answered too, and says by whom", async ({ page }) => {
  await expect(page.getByText(/^Assistant mode: (rules|model)$/)).toBeVisible();
  await say(page, "what is the meaning of life");
  await expect(conversation(page).getByText(/^Assistant: ./)).toBeVisible();
});

test("when no answer comes it says so, the list works on, and Retry asks the very same again", async ({ page, tolerate }) => {
  tolerate(/status of 502/);
  const sent: { key: string | undefined; body: unknown }[] = [];
  let away = true;
  await page.route("**/api/chat", (route) => {
    sent.push({ key: route.request().headers()["idempotency-key"], body: route.request().postDataJSON() });
    return away ? route.fulfill({ status: 502, contentType: "application/problem+json", body: '{"code":"upstream_unreachable"}' }) : route.continue();
  });
  await say(page, "add water the fern");
  await expect(conversation(page).getByText(/cannot be reached/)).toBeVisible();
  await addTodo(page, "By hand");
  away = false;
  await page.getByRole("button", { name: "Retry" }).click();
  await expect(checkbox(page, "water the fern")).toBeVisible();
  await expect(conversation(page).getByText("You: add water the fern", { exact: true })).toHaveCount(1);
  await expect(page.getByRole("button", { name: "Retry" })).toHaveCount(0);
  expect(sent).toHaveLength(2);
  expect(sent[0]?.key).toBeTruthy();
  expect(sent[1]).toEqual(sent[0]);
});

test("Stop ends an answer, and the next question works", async ({ page }) => {
  let release: () => void = () => undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  await page.route("**/api/chat", async (route) => {
    await held;
    await route.continue().catch(() => undefined);
  });
  await page.getByLabel("Message to the assistant").fill("add never");
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Stop" }).click();
  await expect(conversation(page).getByText("Stopped.")).toBeVisible();
  release();
  await page.unroute("**/api/chat");
  await say(page, "add afterwards");
  await expect(checkbox(page, "afterwards")).toBeVisible();
});

test("an expired question says so, changes nothing and can be asked again", async ({ page, tolerate }) => {
  tolerate(/status of 422/);
  await addTodo(page, "One");
  await addTodo(page, "Two");
  await say(page, "delete all my todos");
  // The chatbot refuses a token that is too old as it does one that is not its own.
  await page.route("**/api/chat/confirm", (route) => route.continue({ postData: JSON.stringify({ token: "too.old" }) }));
  const question = page.getByRole("group", { name: "Please confirm" });
  await question.getByRole("button", { name: "Confirm" }).click();
  await expect(question).toContainText("had expired. Nothing was changed.");
  await expect(checkbox(page, "One")).toBeVisible();
  await page.unroute("**/api/chat/confirm");
  await question.getByRole("button", { name: "Ask again" }).click();
  await question.last().getByRole("button", { name: "Confirm" }).click();
  await expect(conversation(page).getByText(/^Deleted: 2 todos$/)).toBeVisible();
});

test("a screen reader hears an answer once, when it is whole", async ({ page }) => {
  await page.evaluate(() => {
    const heard: string[] = [];
    Object.assign(window, { heard });
    new MutationObserver((changes) => {
      for (const { target } of changes) {
        const status = (target instanceof Element ? target : target.parentElement)?.closest('[role="status"]');
        const text = status?.textContent ?? "";
        if (text.startsWith("Assistant: ")) heard.push(text);
      }
    }).observe(document.body, { subtree: true, childList: true, characterData: true });
  });
  await page.getByLabel("Message to the assistant").fill("what is the meaning of life");
  await page.keyboard.press("Enter");
  await expect(conversation(page).locator('[aria-busy="true"]')).toBeVisible();
  await expect(page.getByRole("button", { name: "Send" })).toBeVisible();
  await expect(conversation(page).locator('[aria-busy="true"]')).toHaveCount(0);
  expect(await page.evaluate(() => (window as unknown as { heard: string[] }).heard)).toHaveLength(1);
});

test("a row that the assistant changed is marked, without a reload", async ({ page }) => {
  await addTodo(page, "Untouched");
  await addTodo(page, "Feed the cat");
  await say(page, "complete feed the cat");
  const marked = page.locator("[data-marked]");
  await expect(marked).toHaveCount(1);
  await expect(marked).toContainText("Feed the cat");
  await expect(marked).toHaveCount(0);
});

test("the page says within 5 s that the model is away, offers only what works, and says that it is back", async ({ page }) => {
  const banner = page.getByRole("status", { name: "Language model" });
  let away = false;
  await page.route("**/api/chat/status", (route) =>
    route.fulfill({ json: { mode: away ? "rules" : "model", model: { name: "m", reachable: !away, detail: "" } } }),
  );
  await page.reload();
  await expect(page.getByText("Assistant mode: model")).toBeVisible();
  await expect(banner).toBeEmpty();
  await expect(page.getByRole("button", { name: "How do I start with a big task?" })).toBeVisible();
  away = true;
  await expect(banner).toContainText("The language model is away", { timeout: 5_000 });
  await expect(page.getByText("Assistant mode: rules")).toBeVisible();
  await expect(page.getByRole("button", { name: "How do I start with a big task?" })).toHaveCount(0);
  away = false;
  await expect(banner).toHaveText("The language model is back.", { timeout: 5_000 });
  await expect(banner).toBeEmpty();
});

test("nobody is asked about the model while nobody looks", async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 780 });
  let asked = 0;
  await page.route("**/api/chat/status", (route) => {
    asked += 1;
    return route.continue();
  });
  await page.reload();
  await addTodo(page, "Something else");
  expect(asked).toBe(0);
  await page.getByRole("button", { name: "Assistant", exact: true }).click();
  await expect(page.getByText(/Assistant mode:/)).toBeVisible();
  expect(asked).toBeGreaterThan(0);
});

test("on a phone the assistant is a sheet that keeps the focus and gives it back", async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 780 });
  const launcher = page.getByRole("button", { name: "Assistant", exact: true });
  await launcher.click();
  const sheet = page.getByRole("dialog", { name: "Assistant" });
  await expect(sheet).toBeFocused();
  for (let stop = 0; stop < 12; stop += 1) {
    await page.keyboard.press("Tab");
    expect(await page.evaluate(() => {
      const focused = document.activeElement;
      return focused === document.body || focused?.closest('[role="dialog"]') !== null;
    })).toBe(true);
  }
  await say(page, "add buy bread");
  await page.getByLabel("Message to the assistant").press("Escape");
  await expect(sheet).toHaveCount(0);
  await expect(launcher).toBeFocused();
  await expect(checkbox(page, "buy bread")).toBeVisible();
});
