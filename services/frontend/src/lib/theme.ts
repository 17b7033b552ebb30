/** The choice between light and dark. It is a cookie, so that the server's very first byte has it and nothing flashes. */

export const THEMES = ["system", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];

export const THEME_COOKIE = "theme";
/** What browsers paint around the page: the canvas, as in globals.css. */
export const CANVAS = { light: "#f6f6f3", dark: "#101214" } as const;

export function parseTheme(value: string | null | undefined): Theme {
  return THEMES.find((theme) => theme === value) ?? "system";
}
