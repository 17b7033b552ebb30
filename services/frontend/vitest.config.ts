import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  plugins: [react()],
  resolve: {
    alias: {
      "@": here("./src"),
      // The real module throws unless a server bundle imports it.
      "server-only": here("./test/empty.ts"),
    },
  },
  test: {
    // Tests of components say that they need a document; all others start faster without.
    environment: "node",
    include: ["src/**/*.test.{ts,tsx}"],
    setupFiles: ["./test/setup.ts"],
    restoreMocks: true,
    // A busy machine is no defect.
    testTimeout: 30_000,
    // The test image runs with a read-only source tree.
    cache: false,
  },
});
