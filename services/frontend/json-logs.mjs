// Loaded before the server: what Next prints as text (its banner, its errors) becomes JSON lines like all other logs.
import { format, stripVTControlCharacters } from "node:util";

const LEVELS = { log: "info", info: "info", warn: "warning", error: "error" };

for (const [method, level] of Object.entries(LEVELS)) {
  console[method] = (...what) => {
    const message = stripVTControlCharacters(format(...what)).trim();
    if (message === "") return;
    process.stdout.write(
      `${JSON.stringify({ time: new Date().toISOString(), level, service: "frontend", message })}\n`,
    );
  };
}
