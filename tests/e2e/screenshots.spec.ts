import { mkdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { addTodo, checkbox, expect, say, test, type Page } from "./fixtures";

const IMAGES = fileURLToPath(new URL("../../docs/images/", import.meta.url));

async function edit(page: Page, title: string, change: { priority?: string; days?: number; time?: string; notes?: string }) {
  await page.getByRole("button", { name: `Edit “${title}”` }).click();
  if (change.priority) await page.getByLabel("Priority").selectOption(change.priority);
  if (change.notes) await page.getByLabel("Notes").fill(change.notes);
  if (change.days !== undefined) {
    const day = new Date(Date.now() + change.days * 86_400_000).toISOString().slice(0, 10);
    await page.getByLabel("Due date").fill(day);
  }
  if (change.time) await page.getByLabel("Time").fill(change.time);
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(page.getByRole("button", { name: `Edit “${title}”` })).toBeVisible();
}

for (const colorScheme of ["light", "dark"] as const) {
  for (const [device, viewport] of [["desktop", { width: 1280, height: 800 }], ["phone", { width: 390, height: 780 }]] as const) {
    test.describe(`${device}, ${colorScheme}`, () => {
      test.use({ colorScheme, viewport, contextOptions: { reducedMotion: "reduce" } });

      test("the list with the assistant @screenshots", async ({ page, account }) => {
        expect(account.email).toBeTruthy();
        await mkdir(IMAGES, { recursive: true });
        await page.goto("/");
        for (const title of ["Return the library books", "Water the plants", "Book the train to Vienna", "Write the talk"]) {
          await addTodo(page, title);
        }
        await edit(page, "Book the train to Vienna", { priority: "High", days: 1, time: "09:30", notes: "Window seat, before noon." });
        await edit(page, "Write the talk", { days: 3 });
        await checkbox(page, "Return the library books").check();
        await expect(page.getByRole("status").filter({ hasText: "Completed" })).toBeVisible();
        await page.getByRole("button", { name: "Dismiss" }).click();
        if (device === "desktop") {
          await say(page, "add buy milk tomorrow");
          await expect(checkbox(page, "buy milk")).toBeVisible();
          await say(page, "delete all my todos");
          await expect(page.getByRole("group", { name: "Please confirm" })).toBeVisible();
        }
        await page.mouse.move(0, 0);
        await page.evaluate(() => { (document.activeElement as HTMLElement | null)?.blur(); });
        await page.screenshot({ path: `${IMAGES}${device}-${colorScheme}.png` });
      });
    });
  }
}
