/** Goes to a page of this site by loading it whole: nothing of an earlier user or session stays in memory. */
export function goTo(path: string): void {
  // eslint-disable-next-line @next/next/no-location-assign-relative-destination -- the router would keep what is in memory
  window.location.assign(path);
}
