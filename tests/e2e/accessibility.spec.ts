import AxeBuilder from "@axe-core/playwright";
import { addTodo, checkbox, expect, say, test, type Page } from "./fixtures";

const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

/** Checks the page as it is now. */
async function check(page: Page, state: string): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).withTags(TAGS).analyze();
  const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(" | ")}`);
  expect.soft(found, state).toEqual([]);
  const [content, window] = await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
  expect.soft(content, `${state}: nothing is wider than the window`).toBeLessThanOrEqual(window ?? 0);
}

for (const colorScheme of ["light", "dark"] as const) {
  for (const width of [320, 1280]) {
    test.describe(`${colorScheme}, ${width} px`, () => {
      test.use({ colorScheme, viewport: { width, height: 800 }, contextOptions: { reducedMotion: "reduce" } });

      test("login, signup and an unknown page are accessible", async ({ page, tolerate }) => {
        await page.goto("/login?expired=1");
        await check(page, "login");
        await page.goto("/signup");
        await check(page, "signup");
        await page.getByRole("button", { name: "Create account" }).click();
        await expect(page.getByText("Enter your name.")).toBeVisible();
        await check(page, "signup with errors");
        tolerate(/status of 404/);
        await page.goto("/nowhere");
        await check(page, "unknown page");
      });

      test("the list and the assistant are accessible in their states", async ({ page, account }) => {
        expect(account.email).toBeTruthy();
        const narrow = width < 1024;
        await page.goto("/");
        await expect(page.getByText("Nothing here yet")).toBeVisible();
        await check(page, "empty list");

        await addTodo(page, "A rather long todo that needs more than one line on a phone, andalongwordthatdoesnotfitanywhereonit");
        await addTodo(page, "Soon");
        await page.getByRole("button", { name: "Edit “Soon”" }).click();
        await check(page, "editing");
        await page.getByLabel("Notes").fill("With a note.");
        await page.getByLabel("Priority").selectOption("High");
        await page.getByLabel("Due date").fill("2020-01-01");
        await page.getByRole("button", { name: "Save" }).click();
        await addTodo(page, "Done");
        await checkbox(page, "Done").check();
        await expect(page.getByRole("button", { name: "Undo" })).toBeVisible();
        await check(page, "list with a notice");

        if (narrow) await page.getByRole("button", { name: "Assistant", exact: true }).click();
        await say(page, "add buy milk tomorrow");
        await say(page, "show my todos");
        await check(page, "assistant with cards");
        await say(page, "delete all my todos");
        await expect(page.getByRole("group", { name: "Please confirm" })).toBeVisible();
        await check(page, "assistant that asks");

        if (narrow) await page.getByRole("button", { name: "Close the assistant" }).click();
        await page.getByRole("button", { name: /Account of/ }).click();
        await check(page, "account menu");
        await page.getByRole("button", { name: "Delete account…" }).click();
        await check(page, "dialog");
      });
    });
  }
}
