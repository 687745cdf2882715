/** Goes to an address inside the window, such as `#/home`. */
export function navigate(href: string): void {
  location.hash = href.startsWith('#') ? href.slice(1) : href;
}
