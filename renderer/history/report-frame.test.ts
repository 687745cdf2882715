// @vitest-environment jsdom
import { expect, it } from 'vitest';
import { reportSections, withoutActiveContent } from './report-frame.tsx';

const hostile = `<html><head><base href="http://elsewhere"><meta http-equiv="refresh" content="0;url=http://elsewhere">
<link rel="stylesheet" href="http://elsewhere/a.css"><style>p{color:red}</style><script>top.x = 1</script></head>
<body onload="top.x = 2"><h2>Outcome</h2><p onclick="top.x = 3">a &lt;script&gt; b</p><a href="javascript:top.x=4">go</a>
<iframe src="http://elsewhere"></iframe><img src="data:image/svg+xml,x" onerror="top.x=5"><h2> Accounts </h2></body></html>`;

it('takes out whatever could run, load or navigate, and keeps the text', () => {
  const safe = withoutActiveContent(hostile, undefined);
  expect(safe).not.toMatch(/<script|<base|<link|<iframe|http-equiv|onload|onclick|onerror|javascript:|data:/i);
  expect(safe).toContain('a &lt;script&gt; b');
  expect(safe).toContain('p{color:red}');
});

it('gives its own style elements the nonce of this window', () => {
  expect(withoutActiveContent(hostile, 'n0nce')).toContain('<style nonce="n0nce">');
});

it('names the sections', () => {
  expect(reportSections(hostile)).toEqual(['Outcome', 'Accounts']);
});
