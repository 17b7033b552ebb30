import { isAway, type Status } from "./use-status";

/** @returns sentences that the assistant can carry out as it is now and with the list as it is now. */
export function suggestionsFor(status: Status, openTitle: string | undefined): string[] {
  if (status === null) return [];
  const rules = ["Add buy milk tomorrow", "Show my open todos", ...(openTitle ? [`Complete ${openTitle}`] : [])];
  return isAway(status) || status === undefined ? rules : [...rules, "How do I start with a big task?"];
}
