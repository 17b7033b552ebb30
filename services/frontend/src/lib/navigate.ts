/** Goes to a page of this site by loading it whole: with the router, what an earlier user saw would stay in memory. */
export function goTo(path: string): void {
  window.location.assign(path);
}
