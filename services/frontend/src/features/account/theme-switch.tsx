"use client";

import { useSyncExternalStore, type ReactNode } from "react";
import { CANVAS, parseTheme, THEME_COOKIE, THEMES, type Theme } from "@/lib/theme";
import { MoonIcon, ScreenIcon, SunIcon } from "@/ui/icons";

const NAMES: Record<Theme, { label: string; Icon: () => ReactNode }> = {
  system: { label: "System", Icon: ScreenIcon },
  light: { label: "Light", Icon: SunIcon },
  dark: { label: "Dark", Icon: MoonIcon },
};
const YEAR = 31_536_000;
const watchers = new Set<() => void>();

function subscribe(watcher: () => void): () => void {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}

/** The page itself holds the choice: the server wrote it there from the cookie. */
const current = () => parseTheme(document.documentElement.dataset.theme);

function choose(theme: Theme): void {
  document.documentElement.dataset.theme = theme;
  const age = theme === "system" ? 0 : YEAR;
  document.cookie = `${THEME_COOKIE}=${theme}; Path=/; Max-Age=${age}; SameSite=Lax`;
  for (const meta of document.querySelectorAll<HTMLMetaElement>('meta[name="theme-color"]')) {
    meta.content = CANVAS[theme === "system" ? (meta.media.includes("dark") ? "dark" : "light") : theme];
  }
  for (const watcher of watchers) watcher();
}

export function ThemeSwitch() {
  const chosen = useSyncExternalStore(subscribe, current, () => "system");
  return (
    <fieldset className="px-3 py-2">
      <legend className="float-start mb-1.5 w-full text-sm text-muted">Appearance</legend>
      <div className="segments clear-both w-full">
        {THEMES.map((theme) => {
          const { label, Icon } = NAMES[theme];
          return (
            <label key={theme} className="segment relative flex-1 cursor-pointer flex-col gap-0.5 px-1 text-xs">
              <input
                type="radio"
                name="theme"
                value={theme}
                checked={theme === chosen}
                onChange={() => { choose(theme); }}
                className="absolute inset-0 cursor-pointer appearance-none rounded-md"
              />
              <Icon />
              {label}
            </label>
          );
        })}
      </div>
    </fieldset>
  );
}
