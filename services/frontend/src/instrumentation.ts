export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME !== "nodejs") return;
  const { config } = await import("./server/config");
  const { endStreams } = await import("./server/streams");
  // A wrong address stops the start with a sentence, not the first visitor.
  config();
  process.once("SIGTERM", endStreams);
}
