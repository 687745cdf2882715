/** What jsdom lacks and Mantine, the charts and the lists ask for. Import once in a component test. */
const noop = () => {};

if (!window.matchMedia) {
  window.matchMedia = (query) => ({
    matches: false,
    media: query,
    onchange: null,
    addListener: noop,
    removeListener: noop,
    addEventListener: noop,
    removeEventListener: noop,
    dispatchEvent: () => false,
  });
}

if (!window.ResizeObserver) {
  window.ResizeObserver = class {
    observe = noop;
    unobserve = noop;
    disconnect = noop;
  };
}

HTMLCanvasElement.prototype.getContext = () => null;
Element.prototype.scrollTo ??= noop;
Element.prototype.scrollIntoView ??= noop;

if (!navigator.clipboard) {
  Object.defineProperty(navigator, 'clipboard', { value: { writeText: () => Promise.resolve() }, configurable: true });
}
