import { addTodo, checkbox, conversation, expect, person, test, type Page } from "./fixtures";

/** Presses Tab until the element has the focus, as someone without a mouse would. */
async function tabTo(page: Page, role: Parameters<Page["getByRole"]>[0], name: string | RegExp) {
  const target = page.getByRole(role, { name, exact: typeof name === "string" }).first();
  await expect(target).toBeVisible();
  for (let presses = 0; presses < 60; presses += 1) {
    if (await target.evaluate((element) => element === document.activeElement)) {
      const outline = await target.evaluate((element) => {
        const { outlineStyle, outlineWidth } = getComputedStyle(element);
        return outlineStyle === "none" ? 0 : parseFloat(outlineWidth);
      });
      expect(outline, `the focus on ${String(name)} can be seen`).toBeGreaterThanOrEqual(2);
      return;
    }
    await page.keyboard.press("Tab");
  }
  throw new Error(`Tab does not reach ${role} ${String(name)}`);
}

test("the whole journey works without a mouse", async ({ page, deleteLater }) => {
  const someone = person();
  deleteLater(someone);
  await page.goto("/login");
  await tabTo(page, "link", "Create an account");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "Create an account" })).toBeVisible();
  for (const [label, value] of [["Name", someone.name], ["Email", someone.email]] as const) {
    await tabTo(page, "textbox", label);
    await page.keyboard.type(value);
  }
  await page.keyboard.press("Tab");
  await page.keyboard.type(someone.password);
  await page.keyboard.press("Enter");

  await tabTo(page, "textbox", "New todo");
  await page.keyboard.type("First");
  await page.keyboard.press("Enter");
  await page.keyboard.type("Second");
  await page.keyboard.press("Enter");
  await expect(checkbox(page, "Second")).toBeEnabled();

  await tabTo(page, "checkbox", "Done: Second");
  await page.keyboard.press("Space");
  await expect(checkbox(page, "Second")).toBeChecked();

  await tabTo(page, "button", "Edit “First”");
  await page.keyboard.press("Enter");
  await expect(page.getByLabel("Title")).toBeFocused();
  await page.keyboard.type("First, edited");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("button", { name: "Edit “First, edited”" })).toBeFocused();

  // The focus goes to the neighbour when its row is gone.
  await tabTo(page, "button", "Delete “First, edited”");
  await page.keyboard.press("Enter");
  await expect(checkbox(page, "First, edited")).toHaveCount(0);
  await expect(checkbox(page, "Second")).toBeFocused();

  await tabTo(page, "textbox", "Message to the assistant");
  await page.keyboard.type("add from the keyboard");
  await page.keyboard.press("Enter");
  await expect(checkbox(page, "from the keyboard")).toBeVisible();
  await expect(conversation(page).getByText("Added", { exact: true })).toBeVisible();
  await expect(page.getByLabel("Message to the assistant")).toBeFocused();

  await page.reload();
  await tabTo(page, "button", /Account of/);
  await page.keyboard.press("Enter");
  await tabTo(page, "button", "Log out");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL("/login");
});

test("? lists the keys, and single keys can be switched off", async ({ page, account }) => {
  expect(account.email).toBeTruthy();
  await page.goto("/");
  for (const title of ["Lower", "Upper"]) await addTodo(page, title);
  await page.keyboard.press("?");
  await expect(page.getByLabel("New todo"), "a letter typed into an input is a letter").toHaveValue("?");
  await page.getByLabel("New todo").fill("");
  await page.getByRole("heading", { level: 1 }).click();

  await page.keyboard.press("?");
  const help = page.getByRole("dialog", { name: "Keys" });
  await expect(help).toContainText("Write a new todo");
  await page.keyboard.press("Escape");
  await expect(help).toHaveCount(0);
  await page.keyboard.press("j");
  await expect(checkbox(page, "Upper")).toBeFocused();
  await page.keyboard.press("j");
  await page.keyboard.press("e");
  await expect(page.getByLabel("Title")).toHaveValue("Lower");
  await page.keyboard.press("Escape");
  await page.keyboard.press("n");
  await expect(page.getByLabel("New todo")).toBeFocused();

  await page.getByRole("button", { name: "Keys", exact: true }).click();
  await help.getByLabel("Single keys do something").uncheck();
  await help.getByRole("button", { name: "Close" }).click();
  await page.getByRole("heading", { level: 1 }).click();
  await page.keyboard.press("n");
  await expect(page.getByLabel("New todo")).not.toBeFocused();
  await page.keyboard.press("?");
  await expect(help).toHaveCount(0);
});
