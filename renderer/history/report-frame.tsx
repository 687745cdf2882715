import { useMantineColorScheme } from '@mantine/core';
import { type Ref, useImperativeHandle, useMemo, useRef } from 'react';
import { styleNonce } from '../app/style-nonce.ts';

export type ReportFrameHandle = {
  /** Scrolls to the section with this index among the level 2 headings. */
  show(index: number): void;
};

type Props = { readonly html: string; readonly title: string; readonly ref?: Ref<ReportFrameHandle> };

/**
 * The exported document itself, in a frame in which nothing can run: no script, no form, no popup, no navigation of the
 * window. `allow-same-origin` only lets this window scroll it; without `allow-scripts` the document gains nothing by it.
 */
export function ReportFrame({ html, title, ref }: Props) {
  const frame = useRef<HTMLIFrameElement>(null);
  const { colorScheme } = useMantineColorScheme();
  const dark = colorScheme === 'dark';
  const document = useMemo(() => inTheme(withoutActiveContent(html, styleNonce()), dark), [html, dark]);
  useImperativeHandle(ref, () => ({
    show: (index) => frame.current?.contentDocument?.querySelectorAll('h2')[index]?.scrollIntoView(),
  }));
  return (
    <iframe
      ref={frame}
      title={title}
      sandbox="allow-same-origin"
      srcDoc={document}
      style={{ border: 0, width: '100%', flex: 1, minHeight: 320, borderRadius: 6, colorScheme }}
    />
  );
}

/** A frame asks the system for its colours, not the window around it: the shown copy follows the theme of the window. */
function inTheme(html: string, dark: boolean): string {
  return html.replaceAll(/\(prefers-color-scheme:\s*dark\)/g, dark ? '(min-width: 0px)' : '(max-width: 0px)');
}

/** A parsed document is under the policy of this window already: a style without its nonce would be refused and told. */
function parse(html: string): Document {
  return new DOMParser().parseFromString(html, 'text/html');
}

/** Headings of the sections, in order. */
export function reportSections(html: string): readonly string[] {
  const parsed = parse(html.replaceAll(/<style[^>]*>[\s\S]*?<\/style>/gi, ''));
  return [...parsed.querySelectorAll('h2')].map((heading) => heading.textContent?.trim() ?? '');
}

/**
 * A second lock beside the sandbox: whatever could run or load is taken out before the document is shown. Its own style
 * elements get the nonce that the policy of this window asks for, since a frame of this kind inherits that policy.
 */
export function withoutActiveContent(html: string, nonce: string | undefined): string {
  const parsed = parse(nonce ? html.replaceAll(/<style\b/gi, `<style nonce="${nonce}"`) : html);
  for (const element of parsed.querySelectorAll('script, iframe, object, embed, link, base, form, meta[http-equiv]')) {
    element.remove();
  }
  for (const element of parsed.querySelectorAll('*')) {
    for (const { name, value } of [...element.attributes]) {
      const active = name.startsWith('on') || /^\s*(javascript|data|vbscript):/i.test(value);
      if (active) element.removeAttribute(name);
    }
  }
  return `<!doctype html>${parsed.documentElement.outerHTML}`;
}
