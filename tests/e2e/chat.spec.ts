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
  await say(page, "add something");
  await expect(conversation(page).getByText(/cannot be reached/)).toBeVisible();
  await addTodo(page, "By hand");
  away = false;
  await page.getByRole("button", { name: "Retry" }).click();
  await expect(checkbox(page, "something")).toBeVisible();
  await expect(conversation(page).getByText("You: add something", { exact: true })).toHaveCount(1);
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
