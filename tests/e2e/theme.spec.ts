import { addTodo, expect, test, type Page } from "./fixtures";

const LIGHT = "rgb(246, 246, 243)";
const DARK = "rgb(16, 18, 20)";
const canvas = (page: Page) => page.evaluate(() => getComputedStyle(document.body).backgroundColor);

async function choose(page: Page, name: "System" | "Light" | "Dark") {
  await page.getByRole("button", { name: /Account of/ }).click();
  await page.getByRole("radio", { name, exact: true }).check();
  await page.keyboard.press("Escape");
}

test("the page follows the system until somebody chooses, and System follows it again", async ({ page, account }) => {
  expect(account.email).toBeTruthy();
  await page.emulateMedia({ colorScheme: "light" });
  await page.goto("/");
  expect(await canvas(page)).toBe(LIGHT);
  await page.emulateMedia({ colorScheme: "dark" });
  expect(await canvas(page)).toBe(DARK);
  await choose(page, "Light");
  expect(await canvas(page)).toBe(LIGHT);
  await page.reload();
  expect(await canvas(page)).toBe(LIGHT);
  await page.getByRole("button", { name: /Account of/ }).click();
  await expect(page.getByRole("radio", { name: "Light" })).toBeChecked();
  await page.keyboard.press("Escape");
  await choose(page, "System");
  expect(await canvas(page)).toBe(DARK);
  await page.reload();
  expect(await canvas(page)).toBe(DARK);
});

test("a chosen theme is there from the first byte: no script has to run, so nothing flashes", async ({ page, account, browser, baseURL, context }) => {
  expect(account.email).toBeTruthy();
  await page.emulateMedia({ colorScheme: "light" });
  await page.goto("/");
  await choose(page, "Dark");
  const bare = await browser.newContext({ baseURL, colorScheme: "light", javaScriptEnabled: false, storageState: await context.storageState() });
  const still = await bare.newPage();
  await still.goto("/");
  await expect(still.locator("html")).toHaveAttribute("data-theme", "dark");
  expect(await still.evaluate(() => getComputedStyle(document.body).backgroundColor)).toBe(DARK);
  await bare.close();
});

test("a theme that does not exist is the system's", async ({ page, context, baseURL }) => {
  await context.addCookies([{ name: "theme", value: "%22><script>", url: baseURL ?? "" }]);
  await page.goto("/login");
  await expect(page.locator("html")).toHaveAttribute("data-theme", "system");
});

test("where the system forces its colours, buttons have a border and the chosen one shows", async ({ page, account }) => {
  expect(account.email).toBeTruthy();
  await page.emulateMedia({ forcedColors: "active" });
  await page.goto("/");
  await page.getByRole("button", { name: /Account of/ }).click();
  const styleOf = (name: string) =>
    page.getByRole("button", { name, exact: true }).evaluate((button) => {
      const { borderStyle, borderColor, backgroundColor } = getComputedStyle(button);
      return { borderStyle, seen: borderColor !== backgroundColor };
    });
  expect(await styleOf("Log out")).toEqual({ borderStyle: "solid", seen: true });
  const chosen = page.locator("label", { has: page.getByRole("radio", { name: "System" }) });
  expect(await chosen.evaluate((label) => getComputedStyle(label).outlineStyle)).toBe("solid");
  await page.getByText("Dark", { exact: true }).click();
  expect(await chosen.evaluate((label) => getComputedStyle(label).outlineStyle)).toBe("none");
});

test("who wants less motion gets none", async ({ page, account }) => {
  expect(account.email).toBeTruthy();
  await page.emulateMedia({ reducedMotion: "reduce" });
  await page.goto("/");
  await addTodo(page, "Still");
  const longest = await page.evaluate(() =>
    Math.max(...[...document.querySelectorAll("*")].map((element) => parseFloat(getComputedStyle(element).animationDuration) || 0)),
  );
  expect(longest).toBeLessThan(0.001);
});

// A window of 1280 x 1024 pixels at a zoom of 400 %.
test.describe("at a zoom of 400 %", () => {
  test.use({ viewport: { width: 320, height: 256 } });

  test("everything can be read and reached, and nothing scrolls sideways", async ({ page, account }) => {
    expect(account.email).toBeTruthy();
    await page.goto("/");
    for (const title of ["One", "Two", "Three"]) await addTodo(page, title);
    const sideways = () => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    expect(await sideways()).toBe(0);
    // Whatever has the focus can be seen: nothing that stays in place covers it.
    await page.locator("body").press("Home");
    for (let stop = 0; stop < 16; stop += 1) {
      await page.keyboard.press("Tab");
      const covered = await page.evaluate(() => {
        const focused = document.activeElement;
        if (!focused || focused === document.body) return null;
        const { left, top, width, height } = focused.getBoundingClientRect();
        const there = document.elementFromPoint(left + width / 2, top + height / 2);
        return there && (focused.contains(there) || there.contains(focused) || !!there.closest("label")?.contains(focused)) ? null : focused.outerHTML.slice(0, 120);
      });
      expect(covered).toBeNull();
    }
    await page.getByRole("button", { name: /Account of/ }).click();
    await page.getByRole("button", { name: "Delete account…" }).scrollIntoViewIfNeeded();
    await page.getByRole("button", { name: "Delete account…" }).click();
    await expect(page.getByRole("dialog").getByLabel("Password")).toBeInViewport();
    expect(await sideways()).toBe(0);
  });
});
