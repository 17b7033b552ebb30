import { cleanup, configure } from "@testing-library/react";
import { afterEach, beforeEach, expect, vi } from "vitest";

// A busy machine is no defect.
configure({ asyncUtilTimeout: 10_000 });

beforeEach(() => {
  // Whatever React or our code complains about is a defect: the test that caused it fails.
  vi.spyOn(console, "error").mockImplementation((...what: unknown[]) => {
    expect.fail(`console.error: ${what.map(String).join(" ")}`);
  });
});

afterEach(() => {
  cleanup();
  if (typeof sessionStorage !== "undefined") sessionStorage.clear();
});
