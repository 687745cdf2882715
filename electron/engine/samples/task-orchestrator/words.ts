import { type SeededRandom, seededRandom } from '../seeded-random.ts';

/** Prepared pieces of text; records are put together from them, since making each anew would cost most of the time. */
export type Words = {
  readonly sentences: readonly string[];
  readonly titles: readonly string[];
  readonly paragraphs: readonly string[];
  readonly results: readonly string[];
};

const verbs = ['Rework', 'Add', 'Remove', 'Document', 'Measure', 'Extract', 'Replace', 'Harden', 'Review', 'Split'];
const things = [
  'the import of customer files',
  'retry handling in the billing client',
  'the search index for articles',
  'session expiry behind the proxy',
  'the nightly export to the warehouse',
  'pagination of the audit view',
  'rate limits on the public endpoints',
  'the colour tokens of the dark theme',
  'invoice rounding for three decimals',
  'the upload of large attachments',
  'role checks in the admin area',
  'time zones in the duty roster',
];
const reasons = [
  'because two teams depend on it by the end of the quarter',
  'so that a restart no longer loses the queue',
  'after the outage of last Tuesday',
  'as agreed with the people on call',
  'before the contract with the old provider ends',
  'since the "temporary" switch has been on for a year',
  "because nobody can say what it's for",
  'to bring the 95th percentile under 200 ms',
];
const asides = [
  'See the ticket for logs.',
  'Größe und Kosten sind noch offen.',
  'The customer calls it «urgent».',
  'Ask Zoë or 山田 before touching the schema.',
  'Works on my machine 🙃, fails in the pipeline.',
  'Quote from the call: "it\'s fine until it isn\'t".',
  'Path: C:\\exports\\2024\\*.csv',
  'Tab-separated:\tname\tvalue\tunit',
  'Nothing else is known at this point.',
  'Rollback is a single flag.',
];

/** The same words for the same seed. */
export function makeWords(seed: number): Words {
  const random = seededRandom(seed ^ 0x5eed);
  const sentences = Array.from({ length: 512 }, () => sentence(random));
  const titles = Array.from({ length: 512 }, () => `${random.pick(verbs)} ${random.pick(things)}`);
  const paragraphs = Array.from({ length: 128 }, () => joined(random, sentences, random.between(3, 7), '\n'));
  const results = Array.from({ length: 256 }, () =>
    random.chance(50)
      ? `Done. ${random.pick(sentences)}`
      : JSON.stringify({ changed: random.between(1, 40), tests: random.between(0, 300), note: random.pick(sentences) }),
  );
  return { sentences, titles, paragraphs, results };
}

function sentence(random: SeededRandom): string {
  if (random.chance(20)) return random.pick(asides);
  return `${random.pick(verbs)} ${random.pick(things)} ${random.pick(reasons)}.`;
}

function joined(random: SeededRandom, from: readonly string[], count: number, by: string): string {
  return Array.from({ length: count }, () => random.pick(from)).join(by);
}
