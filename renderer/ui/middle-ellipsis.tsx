import { type CSSProperties, useLayoutEffect, useRef, useState } from 'react';

type Props = {
  text: string;
  /** Characters at the end that always stay: they tell neighbours apart. */
  tail?: number | undefined;
  mono?: boolean | undefined;
  style?: CSSProperties | undefined;
};

let canvas: CanvasRenderingContext2D | null = null;

/** Shortens a path or an id in its middle when there is no room. The whole text is the title and what a screen reader reads. */
export function MiddleEllipsis({ text, tail = 14, mono, style }: Props) {
  const ref = useRef<HTMLSpanElement>(null);
  const [shown, setShown] = useState(text);
  useLayoutEffect(() => {
    const element = ref.current;
    if (!element) return;
    const measure = () => setShown(shorten(element, text, tail));
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    let current = true;
    void document.fonts?.ready.then(() => current && measure());
    return () => {
      current = false;
      observer.disconnect();
    };
  }, [text, tail]);
  return (
    <span ref={ref} className={`mid ${mono ? 'mono' : ''}`} title={text} style={style}>
      <span aria-hidden={shown !== text}>{shown}</span>
      {shown === text ? null : <span className="vh">{text}</span>}
      <span className="sz" aria-hidden>
        {text}
      </span>
    </span>
  );
}

function shorten(element: HTMLElement, text: string, tail: number): string {
  const sizer = element.lastElementChild;
  const room = element.clientWidth;
  if (!sizer || !room || sizer.scrollWidth <= room + 1) return text;
  canvas ??= document.createElement('canvas').getContext('2d');
  if (!canvas) return text;
  const computed = getComputedStyle(element);
  canvas.font = `${computed.fontWeight} ${computed.fontSize} ${computed.fontFamily}`;
  const scale = sizer.scrollWidth / canvas.measureText(text).width;
  const end = text.slice(-tail);
  const width = (head: number) => (canvas?.measureText(`${text.slice(0, head)}…${end}`).width ?? 0) * scale + 2;
  let low = 1;
  let high = Math.max(1, text.length - tail);
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (width(middle) <= room) low = middle;
    else high = middle - 1;
  }
  return `${text.slice(0, low)}…${end}`;
}
